"""What services/chassis/broker/protocol.py promises, held by the embedded broker and by Apache Kafka alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.server import free_port
from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import (
    BrokerError,
    BrokerUnavailable,
    RecordRefused,
    TopicMismatch,
    TopicMissing,
    TopicPartition,
)
from tests.contract.brokers import Ground, a_topic, another_process, poll_one, poll_until, read, read_all


def test_what_was_sent_comes_out_as_it_went_in(ground: Ground) -> None:
    ground.with_topic()
    headers = [("ce_id", b"1"), ("ce_type", "proposé".encode()), ("ce_id", b"2")]
    partition, offset = ground.producer().send("letters", b"ana", b"\x00\xff{", headers).result(10)
    [record] = read(ground.consumer(), 1)
    assert (record.topic, record.partition, record.offset) == ("letters", partition, offset)
    assert (record.key, record.value, record.headers) == (b"ana", b"\x00\xff{", tuple(headers))
    assert record.header("ce_id") == b"2"
    assert record.timestamp_ms > 1_600_000_000_000


def test_letters_of_one_key_stay_in_order_and_together(ground: Ground) -> None:
    ground.with_topic()
    sent = [(f"key{number % 7}", str(number)) for number in range(140)]
    ground.send(*sent)
    came = read(ground.consumer(), 140)
    for key in {key for key, _ in sent}:
        of_key = [record for record in came if record.key == key.encode()]
        assert [record.value.decode() for record in of_key] == [value for k, value in sent if k == key]
        assert len({record.partition for record in of_key}) == 1


def test_keys_spread_over_the_partitions(ground: Ground) -> None:
    ground.with_topic()
    places = ground.send(*[(f"key{number}", "x") for number in range(60)])
    assert {partition for partition, _ in places} == {0, 1, 2, 3}


def test_a_new_group_begins_at_the_earliest_record_and_each_group_reads_for_itself(ground: Ground) -> None:
    ground.with_topic()
    ground.send(("ana", "1"), ("ana", "2"))
    for group in ("one", "other"):
        assert [record.value for record in read(ground.consumer(group), 2, commit=True)] == [b"1", b"2"]


def test_a_poll_gives_no_more_than_was_asked_for(ground: Ground) -> None:
    ground.with_topic()
    ground.send(*[(f"key{number}", str(number)) for number in range(20)])
    consumer = ground.consumer()
    sizes: list[int] = []
    while sum(sizes) < 20:
        sizes.append(sum(map(len, consumer.poll(0.5, max_records=3).values())))
    assert max(sizes) <= 3
    assert sum(sizes) == 20


def test_what_was_committed_does_not_come_again_and_the_rest_does(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    ground.send(*[("ana", str(number)) for number in range(6)])
    first = ground.consumer()
    records = read(first, 6)
    assert first.commit({records[0].topic_partition: 4})
    first.close()
    assert [record.value for record in read(ground.consumer(), 2)] == [b"4", b"5"]


def test_two_members_share_the_partitions(ground: Ground) -> None:
    ground.with_topic()
    one, other = ground.consumer(), ground.consumer()
    poll_until(lambda: len(one.assignment()) == len(other.assignment()) == 2, one, other)
    assert not one.assignment() & other.assignment()
    ground.send(*[(f"key{number}", str(number)) for number in range(40)])
    came = read_all([one, other], 40)
    assert sorted(record.value for record in came) == sorted(str(number).encode() for number in range(40))


def test_a_member_that_leaves_is_replaced_at_once(ground: Ground) -> None:
    ground.with_topic()
    one, other = ground.consumer(), ground.consumer()
    poll_until(lambda: len(one.assignment()) == len(other.assignment()) == 2, one, other)
    one.close()
    poll_until(lambda: len(other.assignment()) == 4, other)


def test_a_killed_member_is_replaced_and_what_it_did_not_commit_comes_again(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    ground.send(*[("ana", str(number)) for number in range(5)])
    with another_process(ground.url, "readers") as member:
        assert member.stdout is not None
        assert [member.stdout.readline().strip() for _ in range(5)] == ["0", "1", "2", "3", "4"]
        heir = ground.consumer()
        heir.poll(0.5)
        assert heir.assignment() == frozenset()
        member.kill()
        assert [record.value for record in read(heir, 5, commit=True)] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_member_that_lost_a_partition_cannot_move_its_offset(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=2))
    ground.send(*[(f"key{number}", str(number)) for number in range(20)])
    first = ground.consumer()
    old = read(first, 20)
    second = ground.consumer()
    poll_until(lambda: len(first.assignment()) == len(second.assignment()) == 1, first, second)
    [lost] = second.assignment()
    assert first.commit({lost: max(r.offset for r in old if r.topic_partition == lost) + 1}) is False
    first.close()
    second.close()
    again = read(ground.consumer(), 20)
    assert sorted(record.value for record in again) == sorted(record.value for record in old)


def test_committing_after_close_is_harmless(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    ground.send(("ana", "1"))
    consumer = ground.consumer()
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
    assert [record.value for record in read(ground.consumer(), 1)] == [b"1"]


def test_a_record_that_nobody_can_parse_passes_through(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    poison = [b"\x00\xff\xfe", b"", b"{", b"[" * 50_000, b'"\\ud800"', b"null"]
    producer = ground.producer()
    for value in poison:
        producer.send("letters", b"", value, [("bad", b"\xff")]).result(10)
    producer.send("letters", b"ana", b"good").result(10)
    assert [record.value for record in read(ground.consumer(), 7)] == [*poison, b"good"]


def test_seeking_back_brings_records_again(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    ground.send(*[("ana", str(number)) for number in range(5)])
    consumer = ground.consumer()
    [*_, last] = read(consumer, 5)
    consumer.seek(last.topic_partition, 3)
    assert [record.value for record in read(consumer, 2)] == [b"3", b"4"]


def test_a_paused_partition_waits_while_the_others_go_on(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=2))
    consumer = ground.consumer()
    poll_until(lambda: len(consumer.assignment()) == 2, consumer)
    paused, _ = sorted(consumer.assignment())
    consumer.pause([paused])
    places = ground.send(*[(f"key{number}", str(number)) for number in range(40)])
    going = sum(1 for partition, _ in places if partition != paused.partition)
    assert {record.topic_partition for record in read(consumer, going)} == consumer.assignment() - {paused}
    assert consumer.poll(0.3) == {}
    assert consumer.lag()[paused] == 40 - going
    consumer.resume([paused])
    assert {record.topic_partition for record in read(consumer, 40 - going)} == {paused}
    assert set(consumer.lag().values()) == {0}


def test_a_partition_that_was_paused_with_records_in_hand_goes_on_after_its_pause(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=2))
    sent = ground.send(*[(f"key{number}", "x" * 50) for number in range(2_000)])
    consumer = ground.consumer()
    first = poll_one(consumer)
    paused = first.topic_partition
    consumer.seek(paused, first.offset)
    consumer.pause([paused])
    others = sum(1 for partition, _ in sent if partition != paused.partition)
    came = read(consumer, others)
    consumer.resume([paused])
    came += read(consumer, len(sent) - others, within=20.0)
    assert sorted((record.partition, record.offset) for record in came) == sorted(sent)


def test_pausing_seeking_or_committing_what_is_not_held_does_nothing(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    consumer = ground.consumer()
    poll_until(lambda: len(consumer.assignment()) == 1, consumer)
    [held] = consumer.assignment()
    foreign = replace(held, partition=9)
    consumer.pause([foreign])
    consumer.resume([foreign])
    consumer.seek(foreign, 0)
    assert consumer.commit({foreign: 1}) is False
    assert consumer.assignment() == {held}


@pytest.mark.xdist_group("own_node")
def test_the_log_outlives_the_broker_and_the_group_goes_on_where_it_was(restartable: Ground) -> None:
    restartable.with_topic(a_topic(partitions=1))
    restartable.send(*[("ana", str(number)) for number in range(4)])
    before = restartable.consumer()
    records = read(before, 4)
    assert before.commit({records[0].topic_partition: 2})
    restartable.clean_up()
    assert restartable.restart is not None
    restartable.restart()
    assert restartable.broker().ping()
    restartable.send(("ana", "4"))
    assert [record.value for record in read(restartable.consumer(), 3)] == [b"2", b"3", b"4"]


@pytest.mark.xdist_group("own_node")
def test_clients_that_live_through_a_restart_go_on(restartable: Ground) -> None:
    restartable.with_topic(a_topic(partitions=1))
    producer, consumer = restartable.producer(), restartable.consumer()
    producer.send("letters", b"ana", b"before").result(10)
    assert [record.value for record in read(consumer, 1, commit=True)] == [b"before"]
    assert restartable.restart is not None
    restartable.restart()
    producer.send("letters", b"ana", b"after").result(30)
    assert [record.value for record in read(consumer, 1, commit=True)] == [b"after"]


def test_topics_are_made_as_asked_for_and_asking_again_changes_nothing(ground: Ground) -> None:
    spec = a_topic()
    for _ in range(2):
        ground.broker().ensure_topics([spec, a_topic("cards", partitions=1)])
    places = ground.send(*[(f"key{number}", "x") for number in range(60)])
    assert {partition for partition, _ in places} == {0, 1, 2, 3}


def test_a_topic_that_differs_is_altered(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    altered = replace(a_topic(partitions=3), max_message_bytes=20_000, retention_ms=3_600_000)
    ground.broker().ensure_topics([altered])
    ground.broker().ensure_topics([altered])
    producer = ground.producer()
    with pytest.raises(RecordRefused):
        producer.send("letters", b"ana", b"x" * 20_001).result(10)
    places = ground.send(*[(f"key{number}", "x") for number in range(60)])
    assert {partition for partition, _ in places} == {0, 1, 2}


def test_a_member_gets_partitions_that_were_added_later_however_short_its_polls(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    consumer = ground.consumer()
    poll_until(lambda: len(consumer.assignment()) == 1, consumer)
    ground.broker().ensure_topics([a_topic(partitions=2)])
    poll_until(lambda: len(consumer.assignment()) == 2, consumer, seconds=0.003)


def test_a_topic_that_cannot_be_altered_is_refused(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=3))
    with pytest.raises(TopicMismatch, match="3 partitions"):
        ground.broker().ensure_topics([a_topic(partitions=2)])


def test_a_topic_is_never_made_by_sending_to_it(ground: Ground) -> None:
    ground.with_topic(a_topic("cards"))
    producer = ground.producer()
    for _ in range(3):
        with pytest.raises(TopicMissing, match="letters"):
            producer.send("letters", b"ana", b"1").result(10)
    producer.send("cards", b"ana", b"1").result(10)


def test_a_single_record_is_read_where_it_lies_and_nobody_else_notices(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=2))
    places = ground.send(*[(f"key{number}", str(number)) for number in range(30)])
    consumer = ground.consumer()
    read(consumer, 30, commit=True)
    with ground.broker().reader() as reader:
        for number in (29, 3, 17):
            partition, offset = places[number]
            record = reader.record(TopicPartition("letters", partition), offset)
            assert record is not None
            assert (record.topic, record.partition, record.offset) == ("letters", partition, offset)
            assert (record.key, record.value) == (f"key{number}".encode(), str(number).encode())
    assert set(consumer.lag().values()) == {0}
    assert consumer.poll(0.3) == {}


def test_a_record_that_is_not_there_is_none(ground: Ground) -> None:
    ground.with_topic(a_topic(partitions=1))
    ground.send(*[("ana", str(number)) for number in range(5)])
    ground.forget("letters", 0, before=3)
    with ground.broker().reader() as reader:
        found = [reader.record(TopicPartition("letters", 0), offset) for offset in range(7)]
        assert [record and record.value for record in found] == [None, None, None, b"3", b"4", None, None]
        assert reader.record(TopicPartition("letters", 1), 0) is None
        assert reader.record(TopicPartition("cards", 0), 0) is None


def test_a_closed_producer_takes_nothing(ground: Ground) -> None:
    ground.with_topic()
    producer = ground.producer()
    kept = producer.send("letters", b"ana", b"1")
    producer.close()
    producer.close()
    assert kept.result(0)[1] == 0
    with pytest.raises(BrokerUnavailable):
        producer.send("letters", b"ana", b"2").result(1)
    assert [record.value for record in read(ground.consumer(), 1)] == [b"1"]


@pytest.mark.parametrize("kind", ["embedded", "kafka"])
def test_a_broker_that_is_not_there_is_said_to_be_away(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    url = f"embedded://{tmp_path}/file/broker.db" if kind == "embedded" else f"kafka://127.0.0.1:{free_port()}"
    broker = open_broker(url, settings={"bootstrap_timeout_ms": 300})
    with pytest.raises(BrokerUnavailable):
        broker.ping()
    with pytest.raises(BrokerUnavailable):
        broker.ensure_topics([a_topic()])
    with pytest.raises(BrokerUnavailable):
        broker.producer().send("letters", b"ana", b"1").result(1)
    with pytest.raises(BrokerUnavailable):
        broker.consumer("readers", ["letters"]).poll(0.1)
    with pytest.raises(BrokerUnavailable):
        broker.reader().record(TopicPartition("letters", 0), 0)
