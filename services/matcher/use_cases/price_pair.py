"""Compute what the pool would lose by a pin or a block. Stores and sends nothing."""

from services.chassis.core.errors import NotFound
from services.matcher.domain.candidates import Pair
from services.matcher.domain.insights.pair_cost import PairCost, why_not, why_together
from services.matcher.domain.records import PairRuleKind
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue


def price_pair(
    uow: UnitOfWork, queue: EngineQueue, programme_id: str, pair: Pair, kind: PairRuleKind = "pin"
) -> PairCost:
    """Return what a pin or a block of the pair would cost.

    Raises NotFound unless the mentee waits and the mentor belongs to the programme.
    """
    with queue.question(uow, programme_id) as question:
        snapshot = question.prepared.solved.snapshot
        if all(mentee.id != pair.mentee_id for mentee in snapshot.mentees):
            raise NotFound("mentee_unknown", "Nobody with this id waits for a mentor now.", field="mentee_id")
        if all(mentor.id != pair.mentor_id for mentor in snapshot.mentors):
            raise NotFound("mentor_unknown", "There is no mentor with this id.", field="mentor_id")
        cost = why_not if kind == "pin" else why_together
        return cost(snapshot, pair, question.prepared, cancelled=question.over)
