"""What kafka-python 3.0.12 does when things go wrong, and that none of it gets through to us."""

from __future__ import annotations

import gc
import logging
import threading

import kafka
import kafka.producer.kafka
import pytest

from deploy.local.kafka import KafkaNode
from services.chassis.broker.kafka.consumer import KafkaConsumer
from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import BrokerUnavailable
from tests.contract.brokers import Ground, a_topic, poll_one, poll_until, read
from tests.support import stack

pytestmark = pytest.mark.stack


def test_a_collected_producer_does_not_silence_the_next_one() -> None:
    broker = open_broker(stack.kafka_url())
    first = broker.producer()
    first.close()
    del first
    gc.collect()
    second = broker.producer()
    assert isinstance(kafka.producer.kafka.log, logging.Logger)
    second.close()


def test_kafka_python_still_forgets_a_paused_partition_with_records_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = Ground(stack.kafka_url())
    ground.with_topic(a_topic(partitions=2))
    sent = ground.send(*[(f"key{number}", "x") for number in range(200)])
    with ground.consumer() as consumer:
        first = poll_one(consumer)
        consumer.seek(first.topic_partition, first.offset)
        consumer.pause([first.topic_partition])
        others = sum(1 for partition, _ in sent if partition != first.partition)
        with monkeypatch.context() as without:
            without.setattr(KafkaConsumer, "_remove_drained", lambda _: None)
            read(consumer, others)
            consumer.resume([first.topic_partition])
            came = [batch for _ in range(5) for batch in consumer.poll(0.5).values()]
            assert not came, (
                f"kafka-python {kafka.__version__} takes it up by itself: drop KafkaConsumer._remove_drained"
            )
            assert consumer.lag()[first.topic_partition] == len(sent) - others
        read(consumer, len(sent) - others)  # ours takes it up


@pytest.mark.parametrize("fetcher", [None, object()], ids=["no fetcher", "no such name"])
def test_a_release_without_the_names_that_the_workaround_needs_is_polled_all_the_same(
    monkeypatch: pytest.MonkeyPatch, fetcher: object
) -> None:
    ground = Ground(stack.kafka_url())
    ground.with_topic(a_topic(partitions=1))
    ground.send(("ana", "1"))
    with ground.consumer() as consumer:
        assert isinstance(consumer, KafkaConsumer)
        real = consumer._client

        class Renamed:
            _fetcher = fetcher

            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

        monkeypatch.setattr(consumer, "_client", Renamed())
        assert [record.value for record in read(consumer, 1)] == [b"1"]


@pytest.mark.xdist_group("own_node")
def test_nothing_is_said_to_be_sent_while_the_broker_is_away(own_node: KafkaNode) -> None:
    ground = Ground(f"kafka://{own_node.address}/away")
    ground.with_topic(a_topic(partitions=1))
    producer, consumer = ground.producer(), ground.consumer()
    producer.send("letters", b"ana", b"before").result(10)
    poll_until(lambda: len(consumer.assignment()) == 1, consumer)
    own_node.kill()
    try:
        sent = [producer.send("letters", b"ana", b"lost") for _ in range(3)]
        producer.flush(0.5)
        for delivery in sent:
            with pytest.raises(BrokerUnavailable):
                delivery.result(0)
        threads = threading.active_count()
        producer.close(timeout=1)
        poll_until(lambda: threading.active_count() < threads, consumer)  # the sending thread ends
        with pytest.raises(BrokerUnavailable):
            consumer.lag()
        assert consumer.commit(dict.fromkeys(consumer.assignment(), 1)) is False
        with pytest.raises(BrokerUnavailable):
            ground.broker().ping()
        ground.clean_up()
    finally:
        own_node.start()
