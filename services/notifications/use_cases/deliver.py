"""Deliver messages, several together: decide, record the attempts, hand over outside any transaction, record the ends.

A crash in between leaves all attempts of these few without an end. They are repeated after a while and recorded as
unclear, so few are handed over together, and none of them once a slow server has used up the time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.chassis.core.clock import monotonic
from services.events.notifications import MessageDelivered
from services.notifications.domain import kinds
from services.notifications.domain.attempt import Attempt, Ended, Order, Waiting
from services.notifications.domain.delivery import (
    SHARED_ATTEMPT,
    Delivery,
    Ending,
    Outcome,
    PutAside,
    Send,
    State,
    Wait,
    after,
    decide,
)
from services.notifications.domain.quiet import QuietHours
from services.notifications.ports import DELIVER, CannotWrite, Channel, Letter, Store, Unit, Writer
from services.notifications.use_cases.steps.close_delivery import close_delivery, end_farewell

TOGETHER = 10
"""How many messages are delivered together: enough to share transactions and a connection."""


@dataclass
class MailServerState:
    """Whether the mail server was away at last; a new process does not know, and looks once."""

    was_away: bool = True


@dataclass(frozen=True, kw_only=True)
class Deliver:
    """The means of delivering; `pause` says how many seconds to wait after so many tries."""

    uow: Unit
    writer: Writer
    channel: Channel
    quiet: QuietHours | None
    pause: Callable[[int], float]
    seconds: Callable[[], float] = monotonic
    mail_server: MailServerState = field(default_factory=MailServerState)

    def __call__(self, delivery_ids: Sequence[str]) -> Mapping[str, Exception]:
        """Deliver, put aside, or come back later; the same id twice at once is sent once. Returns faults by id."""
        faults: dict[str, Exception] = {}
        ends: list[Ended] = []
        ready: list[tuple[Attempt, Letter]] = []
        for attempt in self._begin(delivery_ids):
            try:
                ready.append((attempt, self.writer.write(attempt.order)))
            except CannotWrite as fault:
                ends.append(Ended(attempt, Outcome(Ending.NEVER, fault.cause)))
            except Exception as fault:  # nothing left: no doubt about that
                ends.append(Ended(attempt, Outcome(Ending.LATER, "not_written")))
                faults[attempt.order.delivery.id] = fault
        ends += self._hand_over(ready)
        if ends:
            self._end(ends)
        return faults

    def _begin(self, delivery_ids: Sequence[str]) -> Sequence[Attempt]:
        with self.uow.begin() as store:
            orders = [order for one in store.waiting(delivery_ids) if (order := self._order(store, one)) is not None]
            return store.begin_attempts(orders)

    def _order(self, store: Store, one: Waiting) -> Order | None:
        """What is to be written, or None when it is not to go now."""
        delivery, reader = one.delivery, one.reader
        decision = decide(
            delivery, person=reader, preferences=one.preferences, match=one.match, quiet=self.quiet, now=store.now
        )
        match decision:
            case PutAside(state=state, cause=cause):
                close_delivery(store, delivery, state, cause)
            case Wait(until=datetime() as until):
                store.enqueue(DELIVER, delivery.id, due_at=until)
            case Send() if reader is not None:
                return Order(delivery=delivery, reader=reader, other=one.other)
        return None

    def _hand_over(self, ready: Sequence[tuple[Attempt, Letter]]) -> Iterator[Ended]:
        """Hand over in turn while there is time; what is left is tried again, and surely was not delivered."""
        until = self.seconds() + SHARED_ATTEMPT.total_seconds()
        with closing(self.channel.send_all([letter for _, letter in ready])) as outcomes:
            for attempt, letter in ready:
                in_time = self.seconds() < until
                outcome = next(outcomes) if in_time else Outcome(Ending.LATER, "out_of_time")
                yield Ended(attempt, outcome, letter.locale)

    def _end(self, ends: Sequence[Ended]) -> None:
        answered = any(end.outcome.ending is Ending.DELIVERED for end in ends)
        away = any(end.outcome.away for end in ends)
        with self.uow.begin() as store:
            if answered and self.mail_server.was_away:
                store.hasten()  # the mail server takes mail again: what waited for it goes out now
            under_way = store.end_attempts(ends)
            for end in ends:
                delivery = under_way.get(end.attempt.order.delivery.id)
                if delivery is not None and not delivery.state.settled:
                    self._record(store, delivery, end)
                # else another worker took it over, or the person was forgotten while their mail was on its way
        if answered or away:
            self.mail_server.was_away = away

    def _record(self, store: Store, delivery: Delivery, end: Ended) -> None:
        retry_at = store.now + timedelta(seconds=self.pause(end.attempt.number))
        match after(delivery, end.outcome, retry_at):
            case State.DELIVERED:
                self._delivered(store, delivery, end.locale)
            case PutAside(state=state, cause=cause):
                close_delivery(store, delivery, state, cause, channel=self.channel.name)
            case Wait(until=later):
                store.put_back(delivery.id)
                store.enqueue(DELIVER, delivery.id, due_at=later)

    def _delivered(self, store: Store, delivery: Delivery, locale: str) -> None:
        store.settle(delivery.id, State.DELIVERED, locale=locale, channel=self.channel.name)
        if delivery.kind is kinds.ERASURE_RECEIPT:
            end_farewell(store, delivery)
            return
        store.publish(
            MessageDelivered(
                person_id=delivery.person_id,
                programme_id=delivery.programme_id,
                kind=delivery.kind.name,
                subject=delivery.subject,
                locale=locale,
                channel=self.channel.name,
            )
        )
