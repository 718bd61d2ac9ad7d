"""Read a programme's figures, which name nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from services.matcher.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Durations in seconds: their count, quantiles and maximum (None when there are none)."""

    count: int
    median: float | None
    p90: float | None
    p99: float | None
    longest: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Matches by state, people waiting by cause, and the time from sign-up to the first mentor asked."""

    matches: Mapping[str, int]
    waiting: Mapping[str, int]
    sign_up_to_proposal: Figures


def read_figures(uow: UnitOfWork, programme_id: str, last: int) -> Programme:
    """Return the figures of a programme; times are of the ``last`` mentees who signed up."""
    with uow.begin(read_only=True) as store:
        causes = store.waits.causes(programme_id)
        return Programme(
            matches=store.matches.by_state(programme_id),
            waiting={cause or "next_round": count for cause, count in causes.items()},
            sign_up_to_proposal=figures_of(store.waits.until_asked(programme_id, last)),
        )


def figures_of(seconds: Sequence[float]) -> Figures:
    """Return count, quantiles and maximum of durations in seconds."""
    if not seconds:
        return Figures(count=0, median=None, p90=None, p99=None, longest=None)
    cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 99
    return Figures(count=len(seconds), median=median(seconds), p90=cuts[89], p99=cuts[98], longest=max(seconds))
