"""What the pool would lose if two people were paired by force, or kept apart. Nothing is stored, nothing is sent."""

from services.chassis.core.errors import NotFound
from services.matcher.domain.candidates import Pair
from services.matcher.domain.insights.pair_cost import WhyNot, why_not, why_together
from services.matcher.domain.records import PairRuleKind
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue


def price_pair(
    uow: UnitOfWork, queue: EngineQueue, programme_id: str, pair: Pair, kind: PairRuleKind = "pin"
) -> WhyNot:
    """Say what a pin or a block of the two would cost.

    Raises NotFound unless the mentee waits and the mentor is one of the programme's.
    """
    with queue.question(uow, programme_id) as asked:
        snapshot = asked.prepared.solved.snapshot
        if all(one.id != pair.mentee_id for one in snapshot.mentees):
            raise NotFound("mentee_unknown", "Nobody with this id waits for a mentor now.", field="mentee_id")
        if all(one.id != pair.mentor_id for one in snapshot.mentors):
            raise NotFound("mentor_unknown", "There is no mentor with this id.", field="mentor_id")
        ask = why_not if kind == "pin" else why_together
        return ask(snapshot, pair, asked.prepared, cancelled=asked.over)
