"""Why a mentee still waits, from a solved pool: the cause, what they could change, and who competes with them."""

from dataclasses import dataclass

from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.explain import Bottleneck, WhyUnmatched, bottleneck_of, why_unmatched
from services.matcher.domain.explain.why_unmatched import SHORTAGE
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.insights.evaluation import rows_of
from services.matcher.domain.round import RoundResult, Snapshot, SolvedPool
from services.matcher.domain.round.pins import apply_pins


@dataclass(frozen=True, kw_only=True)
class WhyWaiting:
    """``why`` as in a round's result, with relaxations; ``crowd`` is the bottleneck behind a shortage, if any."""

    why: WhyUnmatched
    crowd: Bottleneck | None


def why_waiting(solved: SolvedPool, mentee_id: str) -> WhyWaiting | None:
    """Return why a mentee waits; None when they have a mentor in this answer, KeyError when not in the pool."""
    if mentee_id in solved.mentor_of:
        return None
    row = {mentee.id: row for row, mentee in enumerate(solved.problem.pool.mentees)}[mentee_id]
    why = why_unmatched(solved.problem, row)
    crowd = bottleneck_of(solved.problem, solved.answer.mentor_of, row) if why.cause == SHORTAGE else None
    return WhyWaiting(why=why, crowd=crowd)


def crowd_left(snapshot: Snapshot, result: RoundResult, mentee_id: str) -> Bottleneck | None:
    """Return the bottleneck around a mentee whom a round left unmatched, from its snapshot and result, without a solve.

    None where there is no bottleneck. KeyError when the mentee was not in the round.
    """
    rest, _, _ = apply_pins(snapshot)
    pool = Pool(rest.mentees, rest.mentors, rest.at, rest.weights)
    row = {mentee.id: row for row, mentee in enumerate(pool.mentees)}[mentee_id]
    made = {mentee.mentee_id: mentee.mentor_id for mentee in result.proposals if not mentee.pinned}
    return bottleneck_of(weigh_pool(pool, rest.blocks), rows_of(pool, made).tolist(), row)
