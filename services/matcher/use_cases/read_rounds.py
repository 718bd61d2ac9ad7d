"""Read and list rounds, and the mode in which they make offers."""

from collections.abc import Sequence

from services.matcher.domain.records import Position, Round, RoundMode
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.find_round import find_round


def list_rounds_of_programme(
    uow: UnitOfWork, programme_id: str, *, after: Position | None, limit: int
) -> Sequence[Round]:
    """List a programme's rounds, the latest first, after a position; ``limit`` + 1 if there are more."""
    with uow.begin(read_only=True) as store:
        return store.rounds.listed(programme_id, after=after, limit=limit + 1)


def read_round_of_programme(uow: UnitOfWork, programme_id: str, round_id: str) -> Round:
    """Return a round; raise NotFound when it is unknown or of another programme."""
    with uow.begin(read_only=True) as store:
        return find_round(store, programme_id, round_id)


def read_round_mode(uow: UnitOfWork, programme_id: str) -> RoundMode:
    """Return whether mentors are asked at once (``rolling``) or after an admin releases the round (``review``)."""
    with uow.begin(read_only=True) as store:
        return store.rounds.mode(programme_id)
