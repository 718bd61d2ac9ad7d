"""What other weights would change, among the people who wait now; nothing is stored and nothing is sent."""

from services.matcher.domain.insights.what_if import WhatIf, what_if
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.publish_weights import read_weights


def try_weights(uow: UnitOfWork, programme_id: str, told: object) -> WhatIf:
    """Compare the weights in force with candidate ones; raises Invalid that names every fault of those."""
    with uow.begin(read_only=True) as store:
        snapshot = store.rounds.snapshot(programme_id)
    return what_if(snapshot, read_weights(told, snapshot.weights.version))
