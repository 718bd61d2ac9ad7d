"""Deliver one message: decide, record the attempt, hand over outside any transaction, record how it ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.events.notifications import MessageDelivered
from services.notifications.domain import kinds
from services.notifications.domain.delivery import Delivery, Ending, Outcome, PutAside, Send, State, Wait, after, decide
from services.notifications.domain.person import Person
from services.notifications.domain.quiet import QuietHours
from services.notifications.ports import DELIVER, CannotWrite, Channel, Order, Store, Unit, Writer
from services.notifications.use_cases.put_aside import end_farewell, put_aside


@dataclass(frozen=True, kw_only=True)
class Deliver:
    """The means of delivering; `pause` says how many seconds to wait after so many tries."""

    uow: Unit
    writer: Writer
    channel: Channel
    quiet: QuietHours | None
    pause: Callable[[int], float]

    def __call__(self, delivery_id: str) -> None:
        """Deliver, put aside, or come back later; calling it twice at once sends once."""
        ready = self._begin(delivery_id)
        if ready is None:
            return
        order, number = ready
        try:
            letter = self.writer.write(order)
        except CannotWrite as fault:
            self._end(order, number, Outcome(Ending.NEVER, fault.cause))
            return
        except Exception:
            self._end(order, number, Outcome(Ending.LATER, "not_written"))  # nothing left: no doubt about that
            raise
        self._end(order, number, self.channel.send(letter), letter.locale)

    def _begin(self, delivery_id: str) -> tuple[Order, int] | None:
        with self.uow.begin() as store:
            delivery = store.delivery(delivery_id)
            if delivery is None or delivery.state.settled:
                return None
            match = store.match(delivery.subject)
            person = _reader(store, delivery)
            decision = decide(
                delivery,
                person=person,
                preferences=store.preferences(delivery.person_id),
                match=match,
                quiet=self.quiet,
                now=store.now,
            )
            match decision:
                case PutAside(state=state, cause=cause):
                    put_aside(store, delivery, state, cause)
                case Wait(until=datetime() as until):
                    store.enqueue(DELIVER, delivery.id, due_at=until)
                case Send() if person is not None:
                    other_id = "" if match is None else match.other_than(delivery.person_id)
                    order = Order(delivery=delivery, reader=person, other=store.person(other_id))
                    return order, store.begin_attempt(delivery)
            return None

    def _end(self, order: Order, number: int, outcome: Outcome, locale: str = "") -> None:
        with self.uow.begin() as store:
            delivery = store.delivery(order.delivery.id)
            if delivery is None or not store.end_attempt(delivery.id, number, outcome.ending, outcome.cause):
                return  # another worker took this over
            if delivery.state.settled:
                return  # the person was forgotten while their mail was on its way
            retry_at = store.now + timedelta(seconds=self.pause(number))
            match after(delivery, outcome, retry_at):
                case State.DELIVERED:
                    self._delivered(store, delivery, locale)
                case PutAside(state=state, cause=cause):
                    put_aside(store, delivery, state, cause, channel=self.channel.name)
                case Wait(until=until):
                    store.enqueue(DELIVER, delivery.id, due_at=until)

    def _delivered(self, store: Store, delivery: Delivery, locale: str) -> None:
        store.settle(delivery.id, State.DELIVERED, locale=locale, channel=self.channel.name)
        if delivery.kind is kinds.ERASURE_RECEIPT:
            end_farewell(store, delivery)
            return
        store.tell(
            MessageDelivered(
                person_id=delivery.person_id,
                programme_id=delivery.programme_id,
                kind=delivery.kind.name,
                subject=delivery.subject,
                locale=locale,
                channel=self.channel.name,
            )
        )


def _reader(store: Store, delivery: Delivery) -> Person | None:
    """Who reads it: for the receipt of an erasure, the contact that was held back for that one mail."""
    if delivery.kind is kinds.ERASURE_RECEIPT:
        held = store.farewell(delivery.id)
        return held[0] if held else None
    return store.person(delivery.person_id)
