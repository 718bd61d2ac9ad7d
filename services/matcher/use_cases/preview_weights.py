"""What other weights would change, among the people who wait now; nothing is stored and nothing is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.insights.what_if import WhatIf, what_if
from services.matcher.domain.weights import Weights
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue
from services.matcher.use_cases.publish_weights import read_weights, refuse_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would change, and of which pool: ``waiting`` people as of a moment, under a version of the weights."""

    found: WhatIf
    as_of: datetime
    waiting: int
    weights_version: int


def preview_weights(uow: UnitOfWork, queue: EngineQueue, programme_id: str, told: object) -> Preview:
    """Compare the weights in force with candidate ones, which stay like those in what was left out.

    Raises Invalid that names every fault of what was told.
    """
    refuse_faults(told)  # before anybody waits for a turn
    return _try(uow, queue, programme_id, lambda in_force: read_weights(told, 1, base=in_force))


def preview_given_weights(uow: UnitOfWork, queue: EngineQueue, programme_id: str, candidate: Weights) -> Preview:
    """Compare the weights in force with valid candidate ones."""
    return _try(uow, queue, programme_id, lambda _: candidate)


def _try(uow: UnitOfWork, queue: EngineQueue, programme_id: str, candidate: Callable[[Weights], Weights]) -> Preview:
    with queue.question(uow, programme_id) as asked:
        snapshot = asked.prepared.solved.snapshot
        found = what_if(snapshot, candidate(snapshot.weights), asked.prepared, cancelled=asked.over)
    return Preview(
        found=found,
        as_of=snapshot.at,
        waiting=len(snapshot.mentees),
        weights_version=snapshot.weights.version,
    )
