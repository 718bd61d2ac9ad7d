"""Several messages are delivered together, and each still ends as if it had been alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.notifications.adapters.tables import attempts, deliveries
from services.notifications.domain.attempt import LetterRequest
from services.notifications.domain.delivery import SHARED_ATTEMPT, Ending, SendOutcome
from services.notifications.ports import Letter
from services.notifications.use_cases.deliver import BATCH_SIZE, Deliver
from tests.notifications.memory_store import House, contact, registered

LATER = SendOutcome(Ending.LATER, "smtp_451")
NEVER = SendOutcome(Ending.NEVER, "smtp_550")


def waiting(house: House, *people: str) -> None:
    """A welcome waits for each of these people."""
    for person in people:
        house.hear(contact(person), registered(person))


def told(house: House) -> dict[str, tuple[str, list[str | None]]]:
    """The state of each person's message, and how its attempts ended."""
    with house.engine.connect() as connection:
        tried = connection.execute(sa.select(attempts).order_by(attempts.c.number)).all()
        rows = connection.execute(sa.select(deliveries)).all()
    return {row.person_id: (row.state, [one.ending for one in tried if one.delivery_id == row.id]) for row in rows}


def test_messages_that_go_together_share_their_transactions(house: House) -> None:
    commits: list[int] = []
    waiting(house, *(f"p{number}" for number in range(BATCH_SIZE)))
    sa.event.listen(house.engine, "commit", lambda _: commits.append(1))
    assert house.worker.run_once()
    assert len(house.channel.sent) == BATCH_SIZE
    assert len(commits) == 4  # claimed, begun, ended, finished


def test_each_of_them_ends_in_its_own_way(house: House) -> None:
    house.channel.answers = [SendOutcome(Ending.DELIVERED), LATER, NEVER, SendOutcome(Ending.UNCLEAR, "cut_after_data")]
    waiting(house, "anna", "ben", "cleo", "dan")
    house.work()
    sent = [letter.address.partition("@")[0] for letter in house.channel.sent]
    states = told(house)
    assert [states[person] for person in sent] == [
        ("delivered", ["delivered"]),
        ("queued", ["later"]),
        ("failed", ["never"]),
        ("queued", ["unclear"]),
    ]
    assert len(house.later(seconds=61)) == 2
    assert {state for state, _ in told(house).values()} == {"delivered", "failed"}


def test_one_that_cannot_be_written_keeps_no_other_from_leaving(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    write = house.deliver.writer.write

    class Stumbling:
        def write(self, request: LetterRequest) -> Letter:
            if request.reader.id == "ben":
                raise KeyError("a template is broken")
            return write(request)

    waiting(house, "anna", "ben", "cleo")
    house.deliver = replace(house.deliver, writer=Stumbling())
    house.work()
    assert told(house) == {
        "anna": ("delivered", ["delivered"]),
        "ben": ("queued", ["later"]),
        "cleo": ("delivered", ["delivered"]),
    }


def test_a_slow_server_gets_the_rest_later_and_none_of_them_twice(house: House) -> None:
    passed = [0.0]

    def slow() -> None:
        passed[0] += SHARED_ATTEMPT.total_seconds()

    waiting(house, "anna", "ben", "cleo")
    house.channel.meanwhile = slow
    house.deliver = replace(house.deliver, seconds=lambda: passed[0])
    assert len(house.work()) == 1
    assert sorted(told(house).values()) == [("delivered", ["delivered"]), *[("queued", ["later"])] * 2]
    house.channel.meanwhile = lambda: None
    assert len(house.later(seconds=61)) == 2
    assert len({letter.id for letter in house.channel.sent}) == len(house.channel.sent) == 3


def test_a_crash_among_several_repeats_all_that_may_not_have_left_and_says_so(house: House) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        if len(house.channel.sent) == 2:
            raise Killed

    waiting(house, "anna", "ben", "cleo")
    house.channel.meanwhile = die
    with pytest.raises(Killed):
        house.work()
    house.channel.meanwhile = lambda: None
    house.later(minutes=4)
    assert set(map(repr, told(house).values())) == {repr(("delivered", ["unclear", "delivered"]))}


def test_the_same_message_in_two_workers_is_sent_once(house: House) -> None:
    waiting(house, "anna", "ben")
    other: Deliver = house.deliver
    ids = [row.id for row in house.rows()]
    house.channel.meanwhile = lambda: None if len(house.channel.sent) > 1 else _again(other, ids)
    house.work()
    assert len(house.channel.sent) == 2


def _again(deliver: Deliver, ids: list[str]) -> None:
    assert deliver(ids) == {}
