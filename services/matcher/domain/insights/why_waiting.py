"""Why somebody still waits, from a settled pool: the cause, what they could change, and who competes with them."""

from dataclasses import dataclass

from services.matcher.domain.explain import Crowd, WhyUnmatched, crowd_of, why_unmatched
from services.matcher.domain.explain.unmatched import SHORTAGE
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.problem import build
from services.matcher.domain.features.reading import read
from services.matcher.domain.insights.judge import rows_of
from services.matcher.domain.round import RoundResult, Settled, Snapshot
from services.matcher.domain.round.pins import settle_pins


@dataclass(frozen=True, kw_only=True)
class WhyWaiting:
    """``why`` as in a round's result, with relaxations; ``crowd`` only for a shortage that a crowd explains."""

    why: WhyUnmatched
    crowd: Crowd | None


def why_waiting(settled: Settled, mentee_id: str) -> WhyWaiting | None:
    """Say why; None when the person has a mentor in this answer. KeyError when they are not in the pool."""
    if mentee_id in settled.mentor_of:
        return None
    row = {one.id: row for row, one in enumerate(settled.problem.pool.mentees)}[mentee_id]
    why = why_unmatched(settled.problem, row)
    crowd = crowd_of(settled.problem, settled.answer.mentor_of, row) if why.cause == SHORTAGE else None
    return WhyWaiting(why=why, crowd=crowd)


def crowd_left(snapshot: Snapshot, result: RoundResult, mentee_id: str) -> Crowd | None:
    """Who competed with somebody whom a round left, from what it read and decided; nothing is settled again.

    None where no crowd explains it. KeyError when they were not in the round.
    """
    rest, _, _ = settle_pins(snapshot)
    pool = Pool(rest.mentees, rest.mentors, rest.at, rest.weights)
    row = {one.id: row for row, one in enumerate(pool.mentees)}[mentee_id]
    made = {one.mentee_id: one.mentor_id for one in result.proposals if not one.pinned}
    return crowd_of(build(read(pool, rest.blocks)), rows_of(pool, made).tolist(), row)
