"""What other ways of matching would make of the people who wait now; nothing is stored and nothing is sent."""

from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.insights.policies import Outcome, compare
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesCompared:
    """Our answer first, then what each policy comes to, over the same pool by the weights in force."""

    outcomes: tuple[Outcome, ...]
    as_of: datetime
    waiting: int
    weights_version: int


def compare_policies(uow: UnitOfWork, desk: Desk, programme_id: str) -> PoliciesCompared:
    """Match the pool in every way there is; raises Conflict for a pool too large to look at each pair."""
    with desk.question(uow, programme_id, most_pairs=desk.bounds.all_pairs) as asked:
        snapshot = asked.prepared.settled.snapshot
        outcomes = compare(asked.prepared.settled)
    return PoliciesCompared(
        outcomes=outcomes,
        as_of=snapshot.at,
        waiting=len(snapshot.mentees),
        weights_version=snapshot.weights.version,
    )
