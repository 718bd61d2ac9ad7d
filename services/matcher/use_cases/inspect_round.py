"""Look at a round again, from what it stored: run it anew, judge its stability, set two side by side."""

from dataclasses import dataclass

from services.chassis.core.errors import Conflict, Gone, NotFound
from services.matcher.domain.insights.stability import Stability, stability
from services.matcher.domain.records import Round
from services.matcher.domain.round import (
    RoundResult,
    Verification,
    result_from_json,
    snapshot_from_json,
    solve_pool,
    verify_round,
)
from services.matcher.ports import UnitOfWork
from services.matcher.solver.column_generation import Watch
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two rounds side by side, over the mentees that both had read.

    ``changed`` have another mentor in the second, ``gained`` one only there, ``lost`` one only in the first. The means
    are of scores of 0 to 100; None for a round without pairs.
    """

    first: Round
    second: Round
    in_both: int
    means: tuple[float | None, float | None]
    changed: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def verify_stored_round(
    uow: UnitOfWork, programme_id: str, round_id: str, queue: EngineQueue | None = None
) -> Verification:
    """Run a round again from what it read, and compare to the byte.

    At a desk while somebody waits for the answer: raises Conflict for a round above its bound, EngineBusy and
    TookTooLong. Without one there is no bound. Raises NotFound, and Gone where only the figures are kept.
    """
    if queue is None:
        return verify_round(*_stored(uow, programme_id, round_id)[1:])
    _refuse_too_large(_theirs(uow, programme_id, round_id), queue.bounds.pairs)
    with queue.turn() as over:
        return verify_round(*_stored(uow, programme_id, round_id)[1:], cancelled=over)


def evaluate_stability(uow: UnitOfWork, programme_id: str, round_id: str, queue: EngineQueue) -> Stability:
    """Who would rather have each other, and what imposing stability would have cost; looks at every single pair."""
    _refuse_too_large(_theirs(uow, programme_id, round_id), queue.bounds.all_pairs)
    with queue.turn() as over:
        _, read, _ = _stored(uow, programme_id, round_id)
        return stability(solve_pool(snapshot_from_json(read), watch=Watch(cancelled=over)))


def compare_stored_rounds(uow: UnitOfWork, programme_id: str, first_id: str, second_id: str) -> Compared:
    """Set two rounds side by side."""
    first, _, told = _stored(uow, programme_id, first_id)
    second, _, told_then = _stored(uow, programme_id, second_id)
    before, after = result_from_json(told), result_from_json(told_then)
    was, now = _mentors(before), _mentors(after)
    both = sorted(_people(before) & _people(after))
    return Compared(
        first=first,
        second=second,
        in_both=len(both),
        means=(_mean(before), _mean(after)),
        changed=tuple(one for one in both if was.get(one) != now.get(one)),
        gained=tuple(one for one in both if one in now and one not in was),
        lost=tuple(one for one in both if one in was and one not in now),
    )


def _stored(uow: UnitOfWork, programme_id: str, round_id: str) -> tuple[Round, str, str]:
    found = _theirs(uow, programme_id, round_id)
    with uow.begin(read_only=True) as store:
        texts = store.rounds.stored(round_id)
    if texts is None:
        raise Gone("round_not_kept", "Of this round only the figures are kept: it is older, open, or somebody left.")
    return found, *texts


def _theirs(uow: UnitOfWork, programme_id: str, round_id: str) -> Round:
    with uow.begin(read_only=True) as store:
        found = store.rounds.get(round_id)
    if found.programme_id != programme_id:
        raise NotFound("round_unknown", "There is no round with this id.")
    return found


def _refuse_too_large(found: Round, most: int) -> None:
    if found.mentees * found.mentors > most:
        told = {"pairs": found.mentees * found.mentors, "most": most}
        raise Conflict("round_too_large", "This round is too large to be looked at again while you wait.", now=told)


def _people(result: RoundResult) -> set[str]:
    return {one.mentee_id for one in result.proposals} | {one.mentee_id for one in result.unmatched}


def _mentors(result: RoundResult) -> dict[str, str]:
    return {one.mentee_id: one.mentor_id for one in result.proposals}


def _mean(result: RoundResult) -> float | None:
    scores = [one.score for one in result.proposals]
    return round(sum(scores) / len(scores), 2) if scores else None
