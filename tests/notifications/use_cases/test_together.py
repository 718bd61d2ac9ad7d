"""Messages are delivered in batches, and each has the same outcome as alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.notifications.adapters.tables import attempts, deliveries
from services.notifications.domain.attempt import LetterRequest
from services.notifications.domain.delivery import SHARED_ATTEMPT, Ending, SendOutcome
from services.notifications.ports import Letter
from services.notifications.use_cases.deliver import BATCH_SIZE, Deliver
from tests.notifications.memory_store import ServiceHarness, contact, registered

LATER = SendOutcome(Ending.LATER, "smtp_451")
NEVER = SendOutcome(Ending.NEVER, "smtp_550")


def queue_welcomes(service: ServiceHarness, *people: str) -> None:
    """Queue a welcome for each of these people."""
    for person in people:
        service.handle(contact(person), registered(person))


def outcomes(service: ServiceHarness) -> dict[str, tuple[str, list[str | None]]]:
    """Return the state of each person's message, and how its attempts ended."""
    with service.engine.connect() as connection:
        tries = connection.execute(sa.select(attempts).order_by(attempts.c.number)).all()
        rows = connection.execute(sa.select(deliveries)).all()
    return {row.person_id: (row.state, [each.ending for each in tries if each.delivery_id == row.id]) for row in rows}


def test_messages_of_a_batch_share_their_transactions(service: ServiceHarness) -> None:
    commits: list[int] = []
    queue_welcomes(service, *(f"p{number}" for number in range(BATCH_SIZE)))
    sa.event.listen(service.engine, "commit", lambda _: commits.append(1))
    assert service.worker.run_once()
    assert len(service.channel.sent) == BATCH_SIZE
    assert len(commits) == 4  # claimed, begun, ended, finished


def test_each_message_of_a_batch_has_its_own_outcome(service: ServiceHarness) -> None:
    service.channel.answers = [
        SendOutcome(Ending.DELIVERED),
        LATER,
        NEVER,
        SendOutcome(Ending.UNCLEAR, "cut_after_data"),
    ]
    queue_welcomes(service, "anna", "ben", "cleo", "dan")
    service.run_jobs()
    sent = [letter.address.partition("@")[0] for letter in service.channel.sent]
    states = outcomes(service)
    assert [states[person] for person in sent] == [
        ("delivered", ["delivered"]),
        ("queued", ["later"]),
        ("failed", ["never"]),
        ("queued", ["unclear"]),
    ]
    assert len(service.advance(seconds=61)) == 2
    assert {state for state, _ in outcomes(service).values()} == {"delivered", "failed"}


def test_a_letter_that_cannot_be_written_does_not_block_the_batch(
    service: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = service.deliver.writer.write

    class FaultyWriter:
        def write(self, request: LetterRequest) -> Letter:
            if request.reader.id == "ben":
                raise KeyError("a template is broken")
            return write(request)

    queue_welcomes(service, "anna", "ben", "cleo")
    service.deliver = replace(service.deliver, writer=FaultyWriter())
    service.run_jobs()
    assert outcomes(service) == {
        "anna": ("delivered", ["delivered"]),
        "ben": ("queued", ["later"]),
        "cleo": ("delivered", ["delivered"]),
    }


def test_a_slow_server_postpones_the_rest_and_sends_none_twice(service: ServiceHarness) -> None:
    passed = [0.0]

    def slow() -> None:
        passed[0] += SHARED_ATTEMPT.total_seconds()

    queue_welcomes(service, "anna", "ben", "cleo")
    service.channel.meanwhile = slow
    service.deliver = replace(service.deliver, seconds=lambda: passed[0])
    assert len(service.run_jobs()) == 1
    assert sorted(outcomes(service).values()) == [("delivered", ["delivered"]), *[("queued", ["later"])] * 2]
    service.channel.meanwhile = lambda: None
    assert len(service.advance(seconds=61)) == 2
    assert len({letter.id for letter in service.channel.sent}) == len(service.channel.sent) == 3


def test_a_crash_in_a_batch_repeats_its_unclear_attempts_and_records_them(service: ServiceHarness) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        if len(service.channel.sent) == 2:
            raise Killed

    queue_welcomes(service, "anna", "ben", "cleo")
    service.channel.meanwhile = die
    with pytest.raises(Killed):
        service.run_jobs()
    service.channel.meanwhile = lambda: None
    service.advance(minutes=4)
    assert set(map(repr, outcomes(service).values())) == {repr(("delivered", ["unclear", "delivered"]))}


def test_the_same_delivery_in_two_workers_is_sent_once(service: ServiceHarness) -> None:
    queue_welcomes(service, "anna", "ben")
    other: Deliver = service.deliver
    ids = [row.id for row in service.rows()]
    service.channel.meanwhile = lambda: None if len(service.channel.sent) > 1 else _again(other, ids)
    service.run_jobs()
    assert len(service.channel.sent) == 2


def _again(deliver: Deliver, ids: list[str]) -> None:
    assert deliver(ids) == {}
