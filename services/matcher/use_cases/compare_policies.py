"""Compare the optimal assignment with other policies for the people who wait now. Stores and sends nothing."""

from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.insights.baselines import BaselineResult, compare_baselines
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesCompared:
    """Outcomes over the same pool by the weights in force: the optimum first, then each policy."""

    outcomes: tuple[BaselineResult, ...]
    as_of: datetime
    waiting: int
    weights_version: int


def compare_policies(uow: UnitOfWork, queue: EngineQueue, programme_id: str) -> PoliciesCompared:
    """Match the pool by every policy; raise Conflict for a pool too large to look at each pair."""
    with queue.question(uow, programme_id, most_pairs=queue.bounds.all_pairs) as question:
        snapshot = question.prepared.solved.snapshot
        outcomes = compare_baselines(question.prepared.solved)
    return PoliciesCompared(
        outcomes=outcomes,
        as_of=snapshot.at,
        waiting=len(snapshot.mentees),
        weights_version=snapshot.weights.version,
    )
