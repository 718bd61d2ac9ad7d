"""Read the weights in force, and list their versions."""

from collections.abc import Sequence

from services.matcher.domain.records import PublishedWeights
from services.matcher.ports import UnitOfWork


def read_current_weights(uow: UnitOfWork, programme_id: str) -> PublishedWeights:
    """Return the version in force."""
    with uow.begin(read_only=True) as store:
        return store.weights.current(programme_id)


def list_weights_versions(
    uow: UnitOfWork, programme_id: str, *, below: int | None, limit: int
) -> Sequence[PublishedWeights]:
    """List the versions below a version number, the newest first; ``limit`` + 1 if there are more."""
    with uow.begin(read_only=True) as store:
        return store.weights.listed(programme_id, below=below, limit=limit + 1)
