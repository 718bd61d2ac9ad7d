"""Settle a delivery that will not be sent, and publish a failure."""

from services.events.notifications import MessageFailed, NotificationsForgot
from services.notifications.domain import kinds
from services.notifications.domain.delivery import Delivery, State
from services.notifications.ports import Store


def close_delivery(store: Store, delivery: Delivery, state: State, cause: str, *, channel: str = "") -> None:
    """Settle a delivery; publish a failure, since the programme may want to reach the person another way."""
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
    """Delete the contact of a last mail that was sent or given up, and only then publish the receipt."""
    farewell = store.farewell(delivery.id)
    if farewell is None:
        return
    person, version = farewell
    store.end_farewell(delivery.id)
    store.publish(NotificationsForgot(person_id=person.id, programme_id=person.programme_id, version=version))
