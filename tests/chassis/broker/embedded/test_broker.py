"""Behaviour of the embedded broker alone; the behaviour that it shares with Kafka is tested in tests/contract."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.broker.embedded import retention
from services.chassis.broker.embedded.broker import LogBroker
from services.chassis.broker.protocol import Broker, BrokerUnavailable, Consumer, Record, TopicSpec
from tests.support.fakes import FixedClock
from tests.support.patience import PATIENCE

HOUR_MS = 3_600_000


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "broker.db"


@pytest.fixture
def broker(path: Path, clock: FixedClock) -> Broker:
    broker = LogBroker(path, clock)
    broker.ensure_topics([TopicSpec("letters", 1, HOUR_MS, HOUR_MS)])
    return broker


@pytest.fixture
def consumer(broker: Broker) -> Iterator[Consumer]:
    with broker.consumer("readers", ["letters"]) as consumer:
        yield consumer


def _send(broker: Broker, *values: bytes) -> None:
    producer = broker.producer()
    for delivery in [producer.send("letters", b"ana", value) for value in values]:
        delivery.result(PATIENCE)
    producer.close()


def _read(consumer: Consumer) -> list[bytes]:
    return [record.value for batch in consumer.poll(0).values() for record in batch]


def test_records_older_than_the_retention_are_gone_from_the_file(
    broker: Broker, clock: FixedClock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SWEEP_EVERY_S", 0.0)
    _send(broker, b"an old secret")
    clock.forward(timedelta(minutes=61))
    _send(broker, b"new")
    with broker.consumer("readers", ["letters"]) as consumer:
        [batch] = consumer.poll(1).values()
    assert [(record.offset, record.value) for record in batch] == [(1, b"new")]
    with sqlite3.connect(path) as log:
        log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"an old secret" not in path.read_bytes()


def test_a_consumer_without_producers_deletes_expired_records_too(
    broker: Broker, clock: FixedClock, path: Path
) -> None:
    _send(broker, b"old")
    clock.forward(timedelta(minutes=61))
    with broker.consumer("readers", ["letters"]) as consumer:
        assert consumer.poll(0) == {}
    with sqlite3.connect(path) as log:
        assert log.execute("SELECT count(*) FROM records").fetchone() == (0,)


def test_records_carry_the_time_of_the_clock(broker: Broker, clock: FixedClock, consumer: Consumer) -> None:
    _send(broker, b"1")
    [[record]] = consumer.poll(1).values()
    assert isinstance(record, Record)
    assert record.timestamp_ms == int(clock.now().timestamp() * 1000)


def test_a_file_that_is_locked_for_too_long_raises_and_recovers(
    broker: Broker, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.broker.embedded.store._WAIT_S", 0.05)
    producer = broker.producer()
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    delivery = producer.send("letters", b"ana", b"1")
    with pytest.raises(BrokerUnavailable):
        delivery.result(1)
    lock.execute("ROLLBACK")
    assert producer.send("letters", b"ana", b"2").result(PATIENCE) == (0, 0)
    producer.close()
    lock.close()


def test_producers_in_many_threads_lose_no_record_and_share_no_offset(broker: Broker) -> None:
    places: list[tuple[int, int]] = []

    def produce() -> None:
        producer = broker.producer()
        deliveries = [producer.send("letters", b"ana", b"x") for _ in range(50)]
        places.extend(delivery.result(PATIENCE) for delivery in deliveries)
        producer.close()

    threads = [threading.Thread(target=produce) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(places) == [(0, offset) for offset in range(300)]


def test_a_full_buffer_is_written_without_a_flush(broker: Broker, consumer: Consumer) -> None:
    producer = broker.producer()
    for _ in range(500):
        producer.send("letters", b"ana", b"x")
    assert sum(len(batch) for batch in consumer.poll(1, max_records=1000).values()) == 500
    producer.close()


def test_a_live_member_that_never_polls_is_replaced_and_joins_again(path: Path, broker: Broker) -> None:
    _send(broker, b"1")
    impatient = LogBroker(path, silence_s=-3600)  # takes all other members for silent
    with broker.consumer("readers", ["letters"]) as silent:
        assert _read(silent) == [b"1"]
        [partition] = silent.assignment()
        with impatient.consumer("readers", ["letters"]) as successor:
            assert [r.value for batch in successor.poll(2).values() for r in batch] == [b"1"]
            assert silent.commit({partition: 1}) is False
            assert silent.poll(0) == {}
            assert silent.assignment() == frozenset()
        assert [record.value for batch in silent.poll(2).values() for record in batch] == [b"1"]


def test_a_partition_has_only_one_reader_while_it_moves(broker: Broker) -> None:
    broker.ensure_topics([TopicSpec("letters", 2, HOUR_MS, HOUR_MS)])
    with broker.consumer("readers", ["letters"]) as old, broker.consumer("readers", ["letters"]) as new:
        new.poll(0)
        owned_by_old = old.assignment() or frozenset()
        assert not new.assignment() & owned_by_old
        old.poll(0.5)
        new.poll(0.5)
        assert len(old.assignment()) == len(new.assignment()) == 1


def test_a_committed_offset_past_the_end_starts_at_the_first_record(broker: Broker, path: Path) -> None:
    _send(broker, b"1")
    with sqlite3.connect(path) as log:
        log.execute("INSERT INTO offsets VALUES ('readers', 'letters', 0, 99)")
    with broker.consumer("readers", ["letters"]) as consumer:
        assert [record.value for batch in consumer.poll(1).values() for record in batch] == [b"1"]


def test_a_partition_with_many_records_does_not_starve_the_other(broker: Broker) -> None:
    broker.ensure_topics([TopicSpec("letters", 2, HOUR_MS, HOUR_MS)])
    producer = broker.producer()
    for number in range(100):
        producer.send("letters", str(number).encode(), b"x")
    producer.close()
    with broker.consumer("readers", ["letters"]) as consumer:
        first, second = (set(consumer.poll(1, max_records=5)) for _ in range(2))
    assert len(first | second) == 2


def test_the_description_does_not_show_the_folder(broker: Broker, path: Path) -> None:
    assert "one machine" in broker.describe()
    assert str(path.parent) not in broker.describe()
    assert broker.ping()
