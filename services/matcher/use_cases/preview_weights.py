"""Preview what other weights would change for the people who wait now. Stores and sends nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.insights.what_if import WhatIf, what_if
from services.matcher.domain.weights import Weights
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue
from services.matcher.use_cases.publish_weights import parse_weights, refuse_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would change, for ``waiting`` people as of ``as_of``, compared with a version of the weights."""

    found: WhatIf
    as_of: datetime
    waiting: int
    weights_version: int


def preview_weights(uow: UnitOfWork, queue: EngineQueue, programme_id: str, values: object) -> Preview:
    """Compare the weights in force with the same weights changed by ``values``.

    Raises Invalid that names every fault of ``values``.
    """
    refuse_faults(values)  # before the request waits for the engine
    return _preview(uow, queue, programme_id, lambda in_force: parse_weights(values, 1, base=in_force))


def preview_given_weights(uow: UnitOfWork, queue: EngineQueue, programme_id: str, candidate: Weights) -> Preview:
    """Compare the weights in force with candidate ones that are known to be valid."""
    return _preview(uow, queue, programme_id, lambda _: candidate)


def _preview(
    uow: UnitOfWork, queue: EngineQueue, programme_id: str, candidate: Callable[[Weights], Weights]
) -> Preview:
    with queue.question(uow, programme_id) as question:
        snapshot = question.prepared.solved.snapshot
        changes = what_if(snapshot, candidate(snapshot.weights), question.prepared, cancelled=question.over)
    return Preview(
        found=changes,
        as_of=snapshot.at,
        waiting=len(snapshot.mentees),
        weights_version=snapshot.weights.version,
    )
