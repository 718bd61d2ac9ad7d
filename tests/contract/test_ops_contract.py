"""What an operator does about dead letters and alarms, on both databases, by the commands as they are typed."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from services.chassis.broker.protocol import TopicPartition
from services.chassis.delivery.record_handler import Handler, Reception
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.service.operator import Operator
from services.chassis.service.ops_command import run_ops
from services.chassis.storage.audit import verify_audit
from services.chassis.storage.dead_letters import Wanted
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.delivery.hearing import GROUP, Heard, parcel, put, put_bad, read_all, subscriber
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, PARCELS, TOPIC, ParcelSent, Shop, count, open_shop
from tests.support.fakes import FakeBroker


@pytest.fixture
def uow(engine: sa.Engine) -> UnitOfWork[Shop]:
    return open_shop(engine)


class Desk:
    """A shop whose parcels cannot be read until a release mends that, and an operator who types commands."""

    def __init__(self, uow: UnitOfWork[Shop], capsys: pytest.CaptureFixture[str]) -> None:
        self.uow = uow
        self.broker = FakeBroker(partitions=1)
        self.mended = False
        self.heard = Heard(uow, self._stumble)
        self._capsys = capsys

    def ops(self, *words: str, code: int = 0) -> str:
        assert run_ops("shop", self._open, words) == code
        said = self._capsys.readouterr()
        return said.out + said.err

    def audited(self) -> list[tuple[str, str, str, str | None]]:
        with self.uow.begin(read_only=True) as shop:
            rows = shop.connection.execute(sa.select(CHASSIS.audit).order_by(CHASSIS.audit.c.seq)).all()
            assert verify_audit(shop.connection) == []
        return [(row.action, row.subject, row.by, row.reason) for row in rows]

    def _open(self) -> Operator:
        return Operator(group=GROUP, uow=self.uow, broker=self.broker, open_reception=self._reception)

    def _reception(self) -> Reception:
        handlers: dict[type[Event], Handler] = {ParcelSent: self._handle}
        return Reception(GROUP, handlers, self.uow)

    def _handle(self, event: ParcelSent, envelope: Envelope) -> None:
        self.heard(event, envelope)

    def _stumble(self, event: ParcelSent) -> None:
        if not self.mended:
            raise KeyError("a mistake of this release")


@pytest.fixture
def desk(uow: UnitOfWork[Shop], capsys: pytest.CaptureFixture[str]) -> Desk:
    """Three parcels put aside by a mistake of ours."""
    desk = Desk(uow, capsys)
    put(desk.broker, *(parcel("a", number) for number in range(3)))
    with running(subscriber(desk.broker, uow, desk.heard).run):
        until(lambda: read_all(desk.broker))
    return desk


def test_dead_letters_are_listed_and_shown_without_what_they_said(desk: Desk) -> None:
    listed = desk.ops("dead-letters", "list")
    assert [line.split()[0] for line in listed.splitlines()] == ["place", *(f"{TOPIC}/0/{n}" for n in range(3))]
    assert "KeyError" in listed
    assert desk.ops("dead-letters", "list", "--error", "BadRecord") == "No dead letters in shop.\n"
    shown = desk.ops("dead-letters", "show", f"{TOPIC}/0/1")
    assert "still in its topic  yes" in shown
    assert ParcelSent.type in shown
    assert "is no dead letter" in desk.ops("dead-letters", "show", f"{TOPIC}/0/9", code=1)
    assert desk.audited() == []


def test_redriven_records_take_effect_once_and_are_audited(desk: Desk, engine: sa.Engine) -> None:
    desk.mended = True
    said = desk.ops("dead-letters", "redrive", f"{TOPIC}/0/1", "--reason", "mended in 1.2")
    assert said == f"{TOPIC}/0/1  took effect\n1 of 1 redriven, 0 left as they were.\n"
    assert "3" not in desk.ops("dead-letters", "redrive", f"{TOPIC}/0/1")  # there is nothing left to redrive
    assert "2 of 2 redriven" in desk.ops("dead-letters", "redrive", "--all")
    assert [count(engine, table) for table in (PARCELS, CHASSIS.outbox, CHASSIS.dead_letters)] == [3, 3, 0]
    assert desk.audited()[0] == ("redrive_dead_letter", f"{TOPIC}/0/1", "operator", "mended in 1.2")
    assert [subject for _, subject, *_ in desk.audited()[1:]] == [f"{TOPIC}/0/0", f"{TOPIC}/0/2"]
    desk.broker.committed.clear()  # everything comes again, and acts no second time
    with running(subscriber(desk.broker, desk.uow, desk.heard).run):
        until(lambda: read_all(desk.broker))
    assert count(engine, PARCELS) == 3


def test_a_record_that_still_goes_wrong_stays_as_it_was(desk: Desk, engine: sa.Engine) -> None:
    said = desk.ops("dead-letters", "redrive", "--all", code=1)
    assert said.count("still goes wrong: KeyError") == 3
    assert [count(engine, table) for table in (PARCELS, CHASSIS.dead_letters, CHASSIS.audit)] == [0, 3, 0]
    assert count(engine, CHASSIS.inbox, CHASSIS.inbox.c.dead) == 3


def test_a_record_that_its_topic_no_longer_holds_is_said_to_be_gone(desk: Desk, engine: sa.Engine) -> None:
    desk.mended = True
    place = TopicPartition(TOPIC, 0)
    desk.broker.log[place] = [record for record in desk.broker.log[place] if record.offset != 1]
    said = desk.ops("dead-letters", "redrive", "--all", code=1)
    assert f"{TOPIC}/0/1  is gone from its topic" in said
    assert "2 of 3 redriven, 1 left as they were." in said
    assert "it cannot be redriven" in desk.ops("dead-letters", "show", f"{TOPIC}/0/1")
    assert count(engine, PARCELS) == 2


def test_two_operators_at_once_let_a_record_act_once(desk: Desk, engine: sa.Engine) -> None:
    desk.mended = True
    chosen = desk._open().letters(Wanted())
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def redrive() -> None:
        operator = desk._open()
        start.wait(10)
        outcomes.extend(result.outcome for result in operator.redrive(chosen))

    threads = [threading.Thread(target=redrive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone"] * 9 + ["handled"] * 3
    assert (count(engine, PARCELS), len(desk.audited())) == (3, 3)


def test_dropped_letters_are_gone_for_good_and_audited(desk: Desk, engine: sa.Engine) -> None:
    desk.mended = True
    assert desk.ops("dead-letters", "drop", f"{TOPIC}/0/0", f"{TOPIC}/0/2", "--reason", "tests") == "2 of 2 dropped.\n"
    assert [line[:2] for line in desk.audited()] == [
        ("drop_dead_letter", f"{TOPIC}/0/0"),
        ("drop_dead_letter", f"{TOPIC}/0/2"),
    ]
    desk.broker.committed.clear()
    with running(subscriber(desk.broker, desk.uow, desk.heard).run):
        until(lambda: read_all(desk.broker))
    assert (count(engine, PARCELS), count(engine, CHASSIS.dead_letters)) == (0, 1)


def test_an_alarm_is_shown_and_ended_by_one_command_while_the_consumer_runs(desk: Desk, engine: sa.Engine) -> None:
    put_bad(desk.broker, times=30)
    put(desk.broker, parcel("b"))
    desk.mended = True
    with running(subscriber(desk.broker, desk.uow, desk.heard).run):
        until(lambda: "stands at" in desk.ops("consumer", "status"))
        shown = desk.ops("consumer", "status")
        assert f"{TOPIC}/0" in shown
        assert "BadRecord" in shown
        assert "that you named" in desk.ops("consumer", "resume", "--topic", "another")
        assert desk.ops("consumer", "resume", "--reason", "seen") == f"{TOPIC}/0 goes on within seconds.\n"
        until(lambda: read_all(desk.broker))
    assert count(engine, PARCELS) == 1
    assert "none gave dead letters" in desk.ops("consumer", "status")
    assert desk.ops("consumer", "resume") == "No partition of shop stands in alarm.\n"
    assert desk.audited() == [("resume_consumer", f"{TOPIC}/0", "operator", "seen")]
    assert desk.ops("dead-letters", "list").count("UTC") == 33 + 20  # when, and when twenty of them were seen


@pytest.mark.parametrize(
    "words", [["dead-letters", "show", "nowhere"], ["dead-letters", "drop"], ["dead-letters"], ["consumer", "stop"]]
)
def test_wrong_words_are_said_to_be_wrong(desk: Desk, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_ops("shop", desk._open, words)
    assert ended.value.code == 2
    assert "usage: python -m services.shop ops" in capsys.readouterr().err


def test_a_broker_that_is_away_is_said_in_a_sentence(desk: Desk) -> None:
    desk.broker.away = True
    assert desk.ops("dead-letters", "redrive", "--all", code=1).startswith("The broker does not answer")
