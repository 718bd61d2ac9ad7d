"""Deliveries that wait, with everything there is to know before they go: a few statements for several of them."""

from collections.abc import Sequence

from services.notifications.adapters.delivery_store import DeliveryRows
from services.notifications.adapters.farewell_store import FarewellRows
from services.notifications.domain import kinds
from services.notifications.domain.attempt import Waiting
from services.notifications.domain.delivery import Delivery
from services.notifications.domain.person import Person


class WaitingRows(DeliveryRows, FarewellRows):
    """What delivering reads."""

    def waiting(self, delivery_ids: Sequence[str]) -> Sequence[Waiting]:
        """Those deliveries that are not settled, held for this transaction."""
        held = self._held_deliveries(delivery_ids)
        found = [held[one] for one in delivery_ids if one in held and not held[one].state.settled]
        readers = {delivery.person_id for delivery in found}
        matches = self.matches_of({delivery.subject for delivery in found})
        others = {one for match in matches.values() for one in (match.mentee_id, match.mentor_id)}
        people = self.people_of(readers | others)
        preferences = self.preferences_of(readers)
        waiting = []
        for delivery in found:
            match = matches.get(delivery.subject)
            waiting.append(
                Waiting(
                    delivery=delivery,
                    reader=self._reader(delivery, people.get(delivery.person_id)),
                    other=people.get(match.other_than(delivery.person_id)) if match else None,
                    match=match,
                    preferences=preferences[delivery.person_id],
                )
            )
        return waiting

    def _reader(self, delivery: Delivery, known: Person | None) -> Person | None:
        """Who reads it: for the receipt of an erasure, the contact that was held back for that one mail."""
        if delivery.kind is not kinds.ERASURE_RECEIPT:
            return known
        held = self.farewell(delivery.id)
        return held[0] if held else None
