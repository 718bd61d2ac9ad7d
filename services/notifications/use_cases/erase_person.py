"""Erase a person: only a tombstone remains, after one last mail that confirms the erasure."""

from uuid import uuid4

from services.events.notifications import NotificationsForgot
from services.events.profiles import PersonErased
from services.notifications.domain import kinds
from services.notifications.domain.delivery import new_delivery
from services.notifications.domain.person import tombstone
from services.notifications.domain.plan import Message
from services.notifications.ports import Unit


def erase_person(uow: Unit, event: PersonErased) -> None:
    """Erase a person. If they are reachable, the receipt follows the last mail, sent or given up (a day at most).

    A repeated event publishes the receipt again once no data is left, because the first receipt may have been missed.
    """
    with uow.begin() as store:
        known = store.lock_person(event.person_id, event.programme_id)
        receipt = NotificationsForgot(person_id=event.person_id, programme_id=event.programme_id, version=event.version)
        if known is not None and known.erased:
            if not store.has_farewell(event.person_id):
                store.publish(receipt)
            return
        store.save_person(tombstone(known, event))
        store.forget(event.person_id)
        store.audit("person_forgotten", event.person_id, by="profiles")
        if known is None or not known.reachable:
            store.publish(receipt)
            return
        last = Message(
            recipient=event.person_id,
            programme_id=event.programme_id,
            kind=kinds.ERASURE_RECEIPT,
            subject=event.person_id,
            lapses_at=store.now + kinds.ERASURE_RECEIPT.worth,
        )
        delivery = new_delivery(last, str(uuid4()), known, store.now)
        store.add_delivery(delivery)
        store.store_farewell(known, delivery.id, event.version)
