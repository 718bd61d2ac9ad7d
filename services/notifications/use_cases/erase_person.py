"""Forget a person: nothing of them stays but a tombstone, after one last mail that says so."""

from uuid import uuid4

from services.events.notifications import NotificationsForgot
from services.events.profiles import PersonErased
from services.notifications.domain import kinds
from services.notifications.domain.delivery import queued
from services.notifications.domain.person import tombstone
from services.notifications.domain.plan import Message
from services.notifications.ports import Unit


def erase_person(uow: Unit, event: PersonErased) -> None:
    """Forget somebody. With a known contact the receipt is told when the last mail is out or given up (a day at most).

    Hearing it again tells the receipt again when nothing is held any more: whoever asks twice missed the first answer.
    """
    with uow.begin() as store:
        known = store.hold_person(event.person_id, event.programme_id)
        receipt = NotificationsForgot(person_id=event.person_id, programme_id=event.programme_id, version=event.version)
        if known is not None and known.erased:
            if not store.farewell_of(event.person_id):
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
        delivery = queued(last, str(uuid4()), known, store.now)
        store.add_delivery(delivery)
        store.hold_farewell(known, delivery.id, event.version)
