"""The ``ops`` commands for dead letters and alarms, on both databases."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from services.chassis.broker.protocol import TopicPartition
from services.chassis.delivery.record_handler import Handler, RecordHandler
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.service.ops.command import run_ops
from services.chassis.service.ops.operator import Operator
from services.chassis.storage.audit import verify_audit
from services.chassis.storage.dead_letters import DeadLetterFilter
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.delivery.hearing import GROUP, Heard, parcel, put, put_bad, read_all, subscriber
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, PARCELS, TOPIC, ParcelId, ParcelSent, Shop, count
from tests.support.fakes import FakeBroker
from tests.support.patience import PATIENCE
from tests.support.signing import VERIFIER


class OpsHarness:
    """A shop whose handler fails until ``repaired`` is set, and the ``ops`` commands of its operator."""

    def __init__(self, uow: UnitOfWork[Shop], capsys: pytest.CaptureFixture[str]) -> None:
        self.uow = uow
        self.broker = FakeBroker(partitions=1)
        self.repaired = False
        self.heard = Heard(uow, self._fail_unless_repaired)
        self._capsys = capsys

    def ops(self, *arguments: str, code: int = 0) -> str:
        assert run_ops("shop", self.open_operator, arguments) == code
        output = self._capsys.readouterr()
        return output.out + output.err

    def audited(self) -> list[tuple[str, str, str, str | None]]:
        with self.uow.begin(read_only=True) as shop:
            rows = shop.connection.execute(sa.select(CHASSIS.audit).order_by(CHASSIS.audit.c.seq)).all()
            assert verify_audit(shop.connection) == []
        return [(row.action, row.subject, row.by, row.reason) for row in rows]

    def open_operator(self) -> Operator:
        return Operator(
            group=GROUP, parts=None, uow=self.uow, broker=self.broker, open_record_handler=self._record_handler
        )

    def _record_handler(self) -> RecordHandler:
        handlers: dict[type[Event], Handler] = {ParcelSent: self._handle}
        return RecordHandler(GROUP, handlers, self.uow, VERIFIER)

    def _handle(self, event: ParcelSent, envelope: Envelope) -> None:
        self.heard(event, envelope)

    def _fail_unless_repaired(self, event: ParcelSent) -> None:
        if not self.repaired:
            raise KeyError("a fault of this release")


@pytest.fixture
def harness(uow: UnitOfWork[Shop], capsys: pytest.CaptureFixture[str]) -> OpsHarness:
    """Return a shop with three dead letters."""
    harness = OpsHarness(uow, capsys)
    put(harness.broker, *(parcel("a", number) for number in range(3)))
    with running(subscriber(harness.broker, uow, harness.heard).run):
        until(lambda: read_all(harness.broker))
    return harness


def test_dead_letters_are_listed_and_shown_without_their_content(harness: OpsHarness) -> None:
    output = harness.ops("dead-letters", "list")
    assert [line.split()[0] for line in output.splitlines()] == ["place", *(f"{TOPIC}/0/{n}" for n in range(3))]
    assert "KeyError" in output
    assert harness.ops("dead-letters", "list", "--error", "BadRecord") == "No dead letters in shop.\n"
    output = harness.ops("dead-letters", "show", f"{TOPIC}/0/1")
    assert "still in its topic  yes" in output
    assert ParcelSent.type in output
    assert "is no dead letter" in harness.ops("dead-letters", "show", f"{TOPIC}/0/9", code=1)
    assert harness.audited() == []


def test_redriven_records_take_effect_once_and_are_audited(harness: OpsHarness, engine: sa.Engine) -> None:
    harness.repaired = True
    output = harness.ops("dead-letters", "redrive", f"{TOPIC}/0/1", "--reason", "mended in 1.2")
    assert output == f"{TOPIC}/0/1  took effect\n1 of 1 redriven, 0 left as they were.\n"
    assert "3" not in harness.ops("dead-letters", "redrive", f"{TOPIC}/0/1")  # no letter is left to redrive
    assert "2 of 2 redriven" in harness.ops("dead-letters", "redrive", "--all")
    assert [count(engine, table) for table in (PARCELS, CHASSIS.outbox, CHASSIS.dead_letters)] == [3, 3, 0]
    assert harness.audited()[0] == ("redrive_dead_letter", f"{TOPIC}/0/1", "operator", "mended in 1.2")
    assert [subject for _, subject, *_ in harness.audited()[1:]] == [f"{TOPIC}/0/0", f"{TOPIC}/0/2"]
    harness.broker.committed.clear()  # every record is delivered again and takes no effect
    with running(subscriber(harness.broker, harness.uow, harness.heard).run):
        until(lambda: read_all(harness.broker))
    assert count(engine, PARCELS) == 3


def test_a_record_that_still_fails_remains_a_dead_letter(harness: OpsHarness, engine: sa.Engine) -> None:
    output = harness.ops("dead-letters", "redrive", "--all", code=1)
    assert output.count("still goes wrong: KeyError") == 3
    assert [count(engine, table) for table in (PARCELS, CHASSIS.dead_letters, CHASSIS.audit)] == [0, 3, 0]
    assert count(engine, CHASSIS.inbox, CHASSIS.inbox.c.dead) == 3


def test_a_record_no_longer_in_its_topic_is_reported_as_gone(harness: OpsHarness, engine: sa.Engine) -> None:
    harness.repaired = True
    place = TopicPartition(TOPIC, 0)
    harness.broker.log[place] = [record for record in harness.broker.log[place] if record.offset != 1]
    output = harness.ops("dead-letters", "redrive", "--all", code=1)
    assert f"{TOPIC}/0/1  is gone from its topic" in output
    assert "2 of 3 redriven, 1 left as they were." in output
    assert "it cannot be redriven" in harness.ops("dead-letters", "show", f"{TOPIC}/0/1")
    assert count(engine, PARCELS) == 2


def test_concurrent_redrives_let_a_record_take_effect_once(harness: OpsHarness, engine: sa.Engine) -> None:
    harness.repaired = True
    letters = harness.open_operator().letters(DeadLetterFilter())
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def redrive() -> None:
        operator = harness.open_operator()
        start.wait(PATIENCE)
        outcomes.extend(result.outcome for result in operator.redrive(letters))

    threads = [threading.Thread(target=redrive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone"] * 9 + ["handled"] * 3
    assert (count(engine, PARCELS), len(harness.audited())) == (3, 3)


def test_dropped_letters_are_gone_for_good_and_audited(harness: OpsHarness, engine: sa.Engine) -> None:
    harness.repaired = True
    assert (
        harness.ops("dead-letters", "drop", f"{TOPIC}/0/0", f"{TOPIC}/0/2", "--reason", "tests") == "2 of 2 dropped.\n"
    )
    assert [line[:2] for line in harness.audited()] == [
        ("drop_dead_letter", f"{TOPIC}/0/0"),
        ("drop_dead_letter", f"{TOPIC}/0/2"),
    ]
    harness.broker.committed.clear()
    with running(subscriber(harness.broker, harness.uow, harness.heard).run):
        until(lambda: read_all(harness.broker))
    assert (count(engine, PARCELS), count(engine, CHASSIS.dead_letters)) == (0, 1)


def test_an_alarm_is_shown_and_ended_while_the_consumer_runs(harness: OpsHarness, engine: sa.Engine) -> None:
    put_bad(harness.broker, times=30)
    put(harness.broker, parcel("b"))
    harness.repaired = True
    with running(subscriber(harness.broker, harness.uow, harness.heard).run):
        until(lambda: "stands at" in harness.ops("consumer", "status"))
        output = harness.ops("consumer", "status")
        assert f"{TOPIC}/0" in output
        assert "BadRecord" in output
        assert "that you named" in harness.ops("consumer", "resume", "--topic", "another")
        assert harness.ops("consumer", "resume", "--reason", "seen") == f"{TOPIC}/0 goes on within seconds.\n"
        until(lambda: read_all(harness.broker))
    assert count(engine, PARCELS) == 1
    assert "none gave dead letters" in harness.ops("consumer", "status")
    assert harness.ops("consumer", "resume") == "No partition of shop stands in alarm.\n"
    assert harness.audited() == [("resume_consumer", f"{TOPIC}/0", "operator", "seen")]
    assert harness.ops("dead-letters", "list").count("UTC") == 33 + 20  # 33 times of arrival, 20 times seen


@pytest.mark.parametrize(
    "arguments", [["dead-letters", "show", "nowhere"], ["dead-letters", "drop"], ["dead-letters"], ["consumer", "stop"]]
)
def test_wrong_arguments_print_the_usage_and_exit_with_two(
    harness: OpsHarness, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_ops("shop", harness.open_operator, arguments)
    assert ended.value.code == 2
    assert "usage: python -m services.shop ops" in capsys.readouterr().err


def test_an_unavailable_broker_is_reported_in_a_sentence(harness: OpsHarness) -> None:
    harness.broker.away = True
    assert harness.ops("dead-letters", "redrive", "--all", code=1).startswith("The broker does not answer")


def test_jobs_that_were_given_up_are_listed_and_start_again(harness: OpsHarness, engine: sa.Engine) -> None:
    assert harness.ops("jobs", "list") == "No job of shop was given up.\n"
    with harness.uow.begin() as shop:
        for key in ("a", "b", "c"):
            shop.enqueue("send", key)
    with engine.begin() as connection:
        connection.execute(CHASSIS.jobs.update().values(attempts=10, last_error="OSError", gave_up_at=shop.now))
    header, *rows = harness.ops("jobs", "list").splitlines()
    assert header.split() == ["id", "kind", "key", "attempts", "error", "given", "up"]
    assert [row.split()[1:5] for row in rows] == [["send", key, "10", "OSError"] for key in ("a", "b", "c")]
    first = rows[0].split()[0]
    assert harness.ops("jobs", "retry", first, "--reason", "fixed in 1.2") == "1 job starts again within seconds.\n"
    assert harness.audited() == [("retry_job", "send/a", "operator", "fixed in 1.2")]
    assert f"{first} is no job of shop that was given up" in harness.ops("jobs", "retry", first, code=1)
    assert harness.ops("jobs", "retry", "--all") == "2 jobs start again within seconds.\n"
    with engine.connect() as connection:
        jobs = connection.execute(sa.select(CHASSIS.jobs)).all()
    assert {(job.attempts, job.gave_up_at) for job in jobs} == {(0, None)}


def test_events_that_wait_for_the_relay_are_counted(harness: OpsHarness) -> None:
    assert harness.ops("outbox", "status") == "0 events of shop wait for the relay.\n"
    with harness.uow.begin() as shop:
        shop.publish(*(ParcelSent(parcel_id=ParcelId(key)) for key in ("a", "b")))
    assert harness.ops("outbox", "status").startswith("2 events of shop wait for the relay, the oldest since 20")


def test_an_audit_that_was_changed_is_found(harness: OpsHarness, engine: sa.Engine) -> None:
    with harness.uow.begin() as shop:
        shop.audit("read", "a", by="admin")
        shop.audit("read", "b", by="admin")
    assert harness.ops("audit", "verify") == "The audit of shop is whole: 2 rows.\n"
    with engine.begin() as connection:
        connection.execute(CHASSIS.audit.update().where(CHASSIS.audit.c.subject == "a").values(subject="c"))
    output = harness.ops("audit", "verify", code=1)
    assert output == "row 1 is not what was written\nThe audit of shop is not what was written: 1 fault.\n"
