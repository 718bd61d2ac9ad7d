"""Read pending deliveries with all that decides about them, in a few statements for a whole batch."""

from collections.abc import Sequence

from services.notifications.adapters.delivery_store import DeliveryRows
from services.notifications.adapters.farewell_store import FarewellRows
from services.notifications.domain import kinds
from services.notifications.domain.attempt import PendingDelivery
from services.notifications.domain.delivery import Delivery
from services.notifications.domain.person import Person


class PendingRows(DeliveryRows, FarewellRows):
    """The reads of delivering."""

    def lock_pending(self, delivery_ids: Sequence[str]) -> Sequence[PendingDelivery]:
        """Return the unsettled ones of these deliveries, locked for this transaction, with all that decides."""
        locked = self._lock_deliveries(delivery_ids)
        unsettled = [locked[key] for key in delivery_ids if key in locked and not locked[key].state.settled]
        readers = {delivery.person_id for delivery in unsettled}
        matches = self.matches_of({delivery.subject for delivery in unsettled})
        others = {person_id for match in matches.values() for person_id in (match.mentee_id, match.mentor_id)}
        people = self.people_of(readers | others)
        preferences = self.preferences_of(readers)
        pending = []
        for delivery in unsettled:
            match = matches.get(delivery.subject)
            pending.append(
                PendingDelivery(
                    delivery=delivery,
                    reader=self._reader(delivery, people.get(delivery.person_id)),
                    other=people.get(match.other_than(delivery.person_id)) if match else None,
                    match=match,
                    preferences=preferences[delivery.person_id],
                )
            )
        return pending

    def _reader(self, delivery: Delivery, stored: Person | None) -> Person | None:
        """Return the recipient: for the receipt of an erasure, the contact that was stored for that mail."""
        if delivery.kind is not kinds.ERASURE_RECEIPT:
            return stored
        farewell = self.farewell(delivery.id)
        return farewell[0] if farewell else None
