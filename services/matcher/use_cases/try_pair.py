"""Why not these two: what the pool would lose if they were paired by force. Nothing is stored, nothing is sent."""

from services.chassis.errors import NotFound
from services.matcher.domain.insights.why_not import WhyNot, why_not
from services.matcher.domain.people import Pair
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.desk import Desk


def try_pair(uow: UnitOfWork, desk: Desk, programme_id: str, pair: Pair) -> WhyNot:
    """Say what a pair would cost; raises NotFound unless the mentee waits and the mentor is one of the programme's."""
    with desk.question(uow, programme_id) as asked:
        snapshot = asked.prepared.settled.snapshot
        if all(one.id != pair.mentee_id for one in snapshot.mentees):
            raise NotFound("mentee_unknown", "Nobody with this id waits for a mentor now.", field="mentee_id")
        if all(one.id != pair.mentor_id for one in snapshot.mentors):
            raise NotFound("mentor_unknown", "There is no mentor with this id.", field="mentor_id")
        return why_not(snapshot, pair, asked.prepared, cancelled=asked.over)
