"""Why somebody still waits, from a settled pool: the cause, what they could change, and who competes with them."""

from dataclasses import dataclass

from services.matcher.domain.explain import Crowd, WhyUnmatched, crowd_of, why_unmatched
from services.matcher.domain.explain.unmatched import SHORTAGE
from services.matcher.domain.round import Settled


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
