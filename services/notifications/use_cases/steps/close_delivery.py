"""Settle a message that will not be delivered, and say so where somebody waits to hear it."""

from services.events.notifications import MessageFailed, NotificationsForgot
from services.notifications.domain import kinds
from services.notifications.domain.delivery import Delivery, State
from services.notifications.ports import Store


def close_delivery(store: Store, delivery: Delivery, state: State, cause: str, *, channel: str = "") -> None:
    """Settle it; a failure is told, since somebody may want to reach this person another way."""
    store.settle(delivery.id, state, cause=cause, channel=channel)
    if delivery.kind is kinds.ERASURE_RECEIPT:
        end_farewell(store, delivery)
    elif state is State.FAILED:
        store.publish(
            MessageFailed(
                person_id=delivery.person_id,
                programme_id=delivery.programme_id,
                kind=delivery.kind.name,
                subject=delivery.subject,
                channel=channel or "none",
                cause=cause,
            )
        )


def end_farewell(store: Store, delivery: Delivery) -> None:
    """The last mail is over, sent or not: forget the contact it needed, and only then give the receipt."""
    held = store.farewell(delivery.id)
    if held is None:
        return
    person, version = held
    store.end_farewell(delivery.id)
    store.publish(NotificationsForgot(person_id=person.id, programme_id=person.programme_id, version=version))
