"""Deliver messages in batches: decide, record the attempts, send outside any transaction, record the outcomes.

A crash in between leaves all attempts of the batch without an end. They are recorded as unclear and repeated later, so
batches are small, and a message is put off once a slow server has used up the batch's time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.chassis.core.clock import monotonic
from services.events.notifications import MessageDelivered
from services.notifications.domain import kinds
from services.notifications.domain.attempt import Attempt, EndedAttempt, LetterRequest, PendingDelivery
from services.notifications.domain.delivery import (
    SHARED_ATTEMPT,
    Close,
    Delivery,
    Ending,
    Send,
    SendOutcome,
    State,
    Wait,
    after_attempt,
    decide,
)
from services.notifications.domain.quiet import QuietHours
from services.notifications.ports import DELIVER, CannotWrite, Channel, Letter, Store, Unit, Writer
from services.notifications.use_cases.steps.close_delivery import close_delivery, end_farewell

BATCH_SIZE = 10
"""The number of messages in a batch: enough to share transactions and a connection."""


@dataclass
class MailServerState:
    """Whether the mail server was away at the last attempt; a new process assumes so, and probes it once."""

    was_away: bool = True


@dataclass(frozen=True, kw_only=True)
class Deliver:
    """The use case with its ports; ``pause`` gives the seconds to wait after a number of tries."""

    uow: Unit
    writer: Writer
    channel: Channel
    quiet: QuietHours | None
    pause: Callable[[int], float]
    seconds: Callable[[], float] = monotonic
    mail_server: MailServerState = field(default_factory=MailServerState)

    def __call__(self, delivery_ids: Sequence[str]) -> Mapping[str, Exception]:
        """Send, close or postpone each delivery; return unexpected faults by id.

        The same id in two concurrent calls is sent once.
        """
        faults: dict[str, Exception] = {}
        ends: list[EndedAttempt] = []
        ready: list[tuple[Attempt, Letter]] = []
        for attempt in self._begin(delivery_ids):
            try:
                ready.append((attempt, self.writer.write(attempt.request)))
            except CannotWrite as fault:
                ends.append(EndedAttempt(attempt, SendOutcome(Ending.NEVER, fault.cause)))
            except Exception as fault:  # nothing was sent, so the attempt is not unclear
                ends.append(EndedAttempt(attempt, SendOutcome(Ending.LATER, "not_written")))
                faults[attempt.request.delivery.id] = fault
        ends += self._hand_over(ready)
        if ends:
            self._end(ends)
        return faults

    def _begin(self, delivery_ids: Sequence[str]) -> Sequence[Attempt]:
        with self.uow.begin() as store:
            decided = [self._decide(store, pending) for pending in store.lock_pending(delivery_ids)]
            return store.begin_attempts([request for request in decided if request is not None])

    def _decide(self, store: Store, pending: PendingDelivery) -> LetterRequest | None:
        """Return the letter to write; close or postpone the delivery and return None when it is not sent now."""
        delivery, reader = pending.delivery, pending.reader
        decision = decide(
            delivery,
            person=reader,
            preferences=pending.preferences,
            match=pending.match,
            quiet=self.quiet,
            now=store.now,
        )
        match decision:
            case Close(state=state, cause=cause):
                close_delivery(store, delivery, state, cause)
            case Wait(until=datetime() as until):
                store.enqueue(DELIVER, delivery.id, due_at=until)
            case Send() if reader is not None:
                return LetterRequest(delivery=delivery, reader=reader, other=pending.other)
        return None

    def _hand_over(self, ready: Sequence[tuple[Attempt, Letter]]) -> Iterator[EndedAttempt]:
        """Send the letters in turn while there is time; the rest is tried later, and certainly was not delivered."""
        until = self.seconds() + SHARED_ATTEMPT.total_seconds()
        with closing(self.channel.send_all([letter for _, letter in ready])) as outcomes:
            for attempt, letter in ready:
                in_time = self.seconds() < until
                outcome = next(outcomes) if in_time else SendOutcome(Ending.LATER, "out_of_time")
                yield EndedAttempt(attempt, outcome, letter.locale)

    def _end(self, ends: Sequence[EndedAttempt]) -> None:
        answered = any(end.outcome.ending is Ending.DELIVERED for end in ends)
        away = any(end.outcome.away for end in ends)
        with self.uow.begin() as store:
            if answered and self.mail_server.was_away:
                store.hasten()  # the mail server works again: deliveries that waited for it are due now
            still_open = store.end_attempts(ends)
            for end in ends:
                delivery = still_open.get(end.attempt.request.delivery.id)
                if delivery is not None and not delivery.state.settled:
                    self._record(store, delivery, end)
                # else another worker took it over, or the person was erased while their mail was being sent
        if answered or away:
            self.mail_server.was_away = away

    def _record(self, store: Store, delivery: Delivery, end: EndedAttempt) -> None:
        retry_at = store.now + timedelta(seconds=self.pause(end.attempt.number))
        match after_attempt(delivery, end.outcome, retry_at):
            case State.DELIVERED:
                self._delivered(store, delivery, end.locale)
            case Close(state=state, cause=cause):
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
