"""List a programme's deliveries, and count them."""

from collections.abc import Sequence

from services.notifications.ports import DeliveryCount, DeliveryFilter, DeliverySummary, Unit


def list_deliveries(uow: Unit, filters: DeliveryFilter) -> Sequence[DeliverySummary]:
    """List deliveries, the newest first; ``filters.limit`` + 1 if there are more."""
    with uow.begin() as store:
        return store.deliveries(filters)


def count_deliveries(uow: Unit, programme_id: str) -> Sequence[DeliveryCount]:
    """Count a programme's deliveries by kind, language and state."""
    with uow.begin() as store:
        return store.counts(programme_id)
