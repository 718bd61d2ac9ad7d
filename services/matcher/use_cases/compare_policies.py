"""What other ways of matching would make of the people who wait now; nothing is stored and nothing is sent."""

from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.insights.baselines import BaselineResult, compare_baselines
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesCompared:
    """Our answer first, then what each policy comes to, over the same pool by the weights in force."""

    outcomes: tuple[BaselineResult, ...]
    as_of: datetime
    waiting: int
    weights_version: int


def compare_policies(uow: UnitOfWork, queue: EngineQueue, programme_id: str) -> PoliciesCompared:
    """Match the pool in every way there is; raises Conflict for a pool too large to look at each pair."""
    with queue.question(uow, programme_id, most_pairs=queue.bounds.all_pairs) as asked:
        snapshot = asked.prepared.solved.snapshot
        outcomes = compare_baselines(asked.prepared.solved)
    return PoliciesCompared(
        outcomes=outcomes,
        as_of=snapshot.at,
        waiting=len(snapshot.mentees),
        weights_version=snapshot.weights.version,
    )
