"""Run a round."""

from collections.abc import Callable

from services.matcher.domain.round.values import RoundResult, Snapshot


def run_round(
    snapshot: Snapshot,
    *,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RoundResult:
    """Pair the people of a snapshot as well as can be, prove it, and say why for each.

    Raises ``MatchingError`` (``RunCancelled``, ``LimitReached``, ...) from the kernel; never half a result.
    """
    raise RuntimeError("the engine is being written")
