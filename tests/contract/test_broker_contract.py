"""The contract of services/chassis/broker/protocol.py, tested on the embedded broker and on Apache Kafka."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.chassis.broker.protocol import (
    BrokerError,
    BrokerUnavailable,
    TopicPartition,
)
from tests.contract.brokers import BrokerHarness, a_topic, member_process, poll_one, poll_until, read, read_all
from tests.support.patience import PATIENCE


def test_a_record_is_read_as_it_was_sent(harness: BrokerHarness) -> None:
    harness.with_topic()
    headers = [("ce_id", b"1"), ("ce_type", "proposé".encode()), ("ce_id", b"2")]
    partition, offset = harness.producer().send("letters", b"ana", b"\x00\xff{", headers).result(PATIENCE)
    [record] = read(harness.consumer(), 1)
    assert (record.topic, record.partition, record.offset) == ("letters", partition, offset)
    assert (record.key, record.value, record.headers) == (b"ana", b"\x00\xff{", tuple(headers))
    assert record.header("ce_id") == b"2"
    assert record.timestamp_ms > 1_600_000_000_000


def test_records_of_one_key_stay_in_order_in_one_partition(harness: BrokerHarness) -> None:
    harness.with_topic()
    sent = [(f"key{number % 7}", str(number)) for number in range(140)]
    harness.send(*sent)
    received = read(harness.consumer(), 140)
    for key in {key for key, _ in sent}:
        of_key = [record for record in received if record.key == key.encode()]
        assert [record.value.decode() for record in of_key] == [value for k, value in sent if k == key]
        assert len({record.partition for record in of_key}) == 1


def test_keys_spread_over_the_partitions(harness: BrokerHarness) -> None:
    harness.with_topic()
    places = harness.send(*[(f"key{number}", "x") for number in range(60)])
    assert {partition for partition, _ in places} == {0, 1, 2, 3}


def test_a_new_group_begins_at_the_earliest_record_and_groups_are_independent(harness: BrokerHarness) -> None:
    harness.with_topic()
    harness.send(("ana", "1"), ("ana", "2"))
    for group in ("one", "other"):
        assert [record.value for record in read(harness.consumer(group), 2, commit=True)] == [b"1", b"2"]


def test_a_poll_returns_at_most_max_records(harness: BrokerHarness) -> None:
    harness.with_topic()
    harness.send(*[(f"key{number}", str(number)) for number in range(20)])
    consumer = harness.consumer()
    sizes: list[int] = []
    while sum(sizes) < 20:
        sizes.append(sum(map(len, consumer.poll(0.5, max_records=3).values())))
    assert max(sizes) <= 3
    assert sum(sizes) == 20


def test_a_group_continues_after_its_committed_offset(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    harness.send(*[("ana", str(number)) for number in range(6)])
    first = harness.consumer()
    records = read(first, 6)
    assert first.commit({records[0].topic_partition: 4})
    first.close()
    assert [record.value for record in read(harness.consumer(), 2)] == [b"4", b"5"]


def test_two_members_share_the_partitions(harness: BrokerHarness) -> None:
    harness.with_topic()
    first, second = harness.consumer(), harness.consumer()
    poll_until(lambda: len(first.assignment()) == len(second.assignment()) == 2, first, second)
    assert not first.assignment() & second.assignment()
    harness.send(*[(f"key{number}", str(number)) for number in range(40)])
    received = read_all([first, second], 40)
    assert sorted(record.value for record in received) == sorted(str(number).encode() for number in range(40))


def test_a_member_that_leaves_is_replaced_at_once(harness: BrokerHarness) -> None:
    harness.with_topic()
    first, second = harness.consumer(), harness.consumer()
    poll_until(lambda: len(first.assignment()) == len(second.assignment()) == 2, first, second)
    first.close()
    poll_until(lambda: len(second.assignment()) == 4, second)


def test_a_killed_member_is_replaced_and_its_uncommitted_records_are_delivered_again(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    harness.send(*[("ana", str(number)) for number in range(5)])
    with member_process(harness, "readers") as member:
        assert member.stdout is not None
        assert [member.stdout.readline().strip() for _ in range(5)] == ["0", "1", "2", "3", "4"]
        successor = harness.consumer()
        successor.poll(0.5)
        assert successor.assignment() == frozenset()
        member.kill()
        assert [record.value for record in read(successor, 5, commit=True)] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_member_that_lost_a_partition_cannot_move_its_offset(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=2))
    harness.send(*[(f"key{number}", str(number)) for number in range(20)])
    first = harness.consumer()
    old = read(first, 20)
    second = harness.consumer()
    poll_until(lambda: len(first.assignment()) == len(second.assignment()) == 1, first, second)
    [lost] = second.assignment()
    assert first.commit({lost: max(r.offset for r in old if r.topic_partition == lost) + 1}) is False
    first.close()
    second.close()
    again = read(harness.consumer(), 20)
    assert sorted(record.value for record in again) == sorted(record.value for record in old)


def test_committing_after_close_is_harmless(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    harness.send(("ana", "1"))
    consumer = harness.consumer()
    [record] = read(consumer, 1)
    consumer.close()
    consumer.close()
    assert consumer.commit({record.topic_partition: 1}) is False
    assert consumer.assignment() == frozenset()
    consumer.seek(record.topic_partition, 0)
    consumer.pause([record.topic_partition])
    consumer.resume([record.topic_partition])
    with pytest.raises(BrokerError):
        consumer.poll(0)
    assert [record.value for record in read(harness.consumer(), 1)] == [b"1"]


def test_a_record_with_any_bytes_is_delivered(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    poison = [b"\x00\xff\xfe", b"", b"{", b"[" * 50_000, b'"\\ud800"', b"null"]
    producer = harness.producer()
    for value in poison:
        producer.send("letters", b"", value, [("bad", b"\xff")]).result(PATIENCE)
    producer.send("letters", b"ana", b"good").result(PATIENCE)
    assert [record.value for record in read(harness.consumer(), 7)] == [*poison, b"good"]


def test_seeking_back_delivers_records_again(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    harness.send(*[("ana", str(number)) for number in range(5)])
    consumer = harness.consumer()
    [*_, last] = read(consumer, 5)
    consumer.seek(last.topic_partition, 3)
    assert [record.value for record in read(consumer, 2)] == [b"3", b"4"]


def test_a_paused_partition_waits_while_the_others_go_on(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=2))
    consumer = harness.consumer()
    poll_until(lambda: len(consumer.assignment()) == 2, consumer)
    paused, _ = sorted(consumer.assignment())
    consumer.pause([paused])
    places = harness.send(*[(f"key{number}", str(number)) for number in range(40)])
    others = sum(1 for partition, _ in places if partition != paused.partition)
    assert {record.topic_partition for record in read(consumer, others)} == consumer.assignment() - {paused}
    assert consumer.poll(0.3) == {}
    assert consumer.lag()[paused] == 40 - others
    consumer.resume([paused])
    assert {record.topic_partition for record in read(consumer, 40 - others)} == {paused}
    assert set(consumer.lag().values()) == {0}


def test_a_partition_paused_with_fetched_records_continues_after_its_pause(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=2))
    sent = harness.send(*[(f"key{number}", "x" * 50) for number in range(2_000)])
    consumer = harness.consumer()
    first = poll_one(consumer)
    paused = first.topic_partition
    consumer.seek(paused, first.offset)
    consumer.pause([paused])
    others = sum(1 for partition, _ in sent if partition != paused.partition)
    received = read(consumer, others)
    consumer.resume([paused])
    received += read(consumer, len(sent) - others)
    assert sorted((record.partition, record.offset) for record in received) == sorted(sent)


def test_pausing_seeking_or_committing_an_unassigned_partition_does_nothing(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    consumer = harness.consumer()
    poll_until(lambda: len(consumer.assignment()) == 1, consumer)
    [assigned] = consumer.assignment()
    foreign = replace(assigned, partition=9)
    consumer.pause([foreign])
    consumer.resume([foreign])
    consumer.seek(foreign, 0)
    assert consumer.commit({foreign: 1}) is False
    assert consumer.assignment() == {assigned}


@pytest.mark.xdist_group("own_node")
def test_the_log_survives_a_restart_and_the_group_continues_at_its_offset(restartable: BrokerHarness) -> None:
    restartable.with_topic(a_topic(partitions=1))
    restartable.send(*[("ana", str(number)) for number in range(4)])
    before = restartable.consumer()
    records = read(before, 4)
    assert before.commit({records[0].topic_partition: 2})
    restartable.close()
    assert restartable.restart is not None
    restartable.restart()
    assert restartable.broker().ping()
    restartable.send(("ana", "4"))
    assert [record.value for record in read(restartable.consumer(), 3)] == [b"2", b"3", b"4"]


@pytest.mark.xdist_group("own_node")
def test_clients_continue_after_a_restart_of_the_broker(restartable: BrokerHarness) -> None:
    restartable.with_topic(a_topic(partitions=1))
    producer, consumer = restartable.producer(), restartable.consumer()
    producer.send("letters", b"ana", b"before").result(PATIENCE)
    assert [record.value for record in read(consumer, 1, commit=True)] == [b"before"]
    assert restartable.restart is not None
    restartable.restart()
    producer.send("letters", b"ana", b"after").result(PATIENCE)
    assert [record.value for record in read(consumer, 1, commit=True)] == [b"after"]


def test_reading_a_single_record_does_not_affect_consumers(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=2))
    places = harness.send(*[(f"key{number}", str(number)) for number in range(30)])
    consumer = harness.consumer()
    read(consumer, 30, commit=True)
    with harness.broker().reader() as reader:
        for number in (29, 3, 17):
            partition, offset = places[number]
            record = reader.record(TopicPartition("letters", partition), offset)
            assert record is not None
            assert (record.topic, record.partition, record.offset) == ("letters", partition, offset)
            assert (record.key, record.value) == (f"key{number}".encode(), str(number).encode())
    assert set(consumer.lag().values()) == {0}
    assert consumer.poll(0.3) == {}


def test_a_missing_record_is_none(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    harness.send(*[("ana", str(number)) for number in range(5)])
    harness.expire("letters", 0, before=3)
    with harness.broker().reader() as reader:
        records = [reader.record(TopicPartition("letters", 0), offset) for offset in range(7)]
        assert [record and record.value for record in records] == [None, None, None, b"3", b"4", None, None]
        assert reader.record(TopicPartition("letters", 1), 0) is None
        assert reader.record(TopicPartition("cards", 0), 0) is None


def test_a_closed_producer_refuses_records(harness: BrokerHarness) -> None:
    harness.with_topic()
    producer = harness.producer()
    delivery = producer.send("letters", b"ana", b"1")
    producer.close()
    producer.close()
    assert delivery.result(0)[1] == 0
    with pytest.raises(BrokerUnavailable):
        producer.send("letters", b"ana", b"2").result(1)
    assert [record.value for record in read(harness.consumer(), 1)] == [b"1"]
