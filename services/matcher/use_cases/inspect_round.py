"""Inspect a stored round: verify it, evaluate its stability, compare it with another."""

from dataclasses import dataclass

from services.chassis.core.errors import Conflict, Gone
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
from services.matcher.use_cases.read_rounds import read_round_of_programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison of two rounds, over the mentees that both had read.

    ``changed`` mentees have another mentor in the second, ``gained`` have one only there, ``lost`` only in the first.
    The means are of scores of 0 to 100; None for a round without pairs.
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
    """Run a round again from its stored snapshot, and compare the results byte by byte.

    With a ``queue``, for callers that wait: raises Conflict for a round above its bound, EngineBusy and TookTooLong.
    Without one there is no bound. Raises NotFound, and Gone where only the figures are kept.
    """
    if queue is None:
        return verify_round(*_stored(uow, programme_id, round_id)[1:])
    _refuse_too_large(read_round_of_programme(uow, programme_id, round_id), queue.bounds.pairs)
    with queue.turn() as over:
        return verify_round(*_stored(uow, programme_id, round_id)[1:], cancelled=over)


def evaluate_stability(uow: UnitOfWork, programme_id: str, round_id: str, queue: EngineQueue) -> Stability:
    """Return the blocking pairs of a round and the cost of a stable matching; looks at every pair."""
    _refuse_too_large(read_round_of_programme(uow, programme_id, round_id), queue.bounds.all_pairs)
    with queue.turn() as over:
        _, snapshot_json, _ = _stored(uow, programme_id, round_id)
        return stability(solve_pool(snapshot_from_json(snapshot_json), watch=Watch(cancelled=over)))


def compare_stored_rounds(uow: UnitOfWork, programme_id: str, first_id: str, second_id: str) -> Compared:
    """Compare two stored rounds."""
    first, _, first_result = _stored(uow, programme_id, first_id)
    second, _, second_result = _stored(uow, programme_id, second_id)
    before, after = result_from_json(first_result), result_from_json(second_result)
    mentor_before, mentor_after = _mentors(before), _mentors(after)
    both = sorted(_people(before) & _people(after))
    return Compared(
        first=first,
        second=second,
        in_both=len(both),
        means=(_mean(before), _mean(after)),
        changed=tuple(mentee for mentee in both if mentor_before.get(mentee) != mentor_after.get(mentee)),
        gained=tuple(mentee for mentee in both if mentee in mentor_after and mentee not in mentor_before),
        lost=tuple(mentee for mentee in both if mentee in mentor_before and mentee not in mentor_after),
    )


def _stored(uow: UnitOfWork, programme_id: str, round_id: str) -> tuple[Round, str, str]:
    stored_round = read_round_of_programme(uow, programme_id, round_id)
    with uow.begin(read_only=True) as store:
        texts = store.rounds.stored(round_id)
    if texts is None:
        raise Gone(
            "round_not_kept", "We keep only the figures of this round: it is open, too old, or someone in it has left."
        )
    return stored_round, *texts


def _refuse_too_large(stored_round: Round, most: int) -> None:
    if stored_round.mentees * stored_round.mentors > most:
        current = {"pairs": stored_round.mentees * stored_round.mentors, "most": most}
        raise Conflict("round_too_large", "This round is too large to look at again while you wait.", now=current)


def _people(result: RoundResult) -> set[str]:
    return {proposal.mentee_id for proposal in result.proposals} | {person.mentee_id for person in result.unmatched}


def _mentors(result: RoundResult) -> dict[str, str]:
    return {proposal.mentee_id: proposal.mentor_id for proposal in result.proposals}


def _mean(result: RoundResult) -> float | None:
    scores = [proposal.score for proposal in result.proposals]
    return round(sum(scores) / len(scores), 2) if scores else None
