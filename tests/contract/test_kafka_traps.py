"""Faults of kafka-python 3.0.12, and that our client works around them."""

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
from tests.contract.brokers import BrokerHarness, a_topic, poll_one, poll_until, read
from tests.support import stack
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.stack


def test_a_garbage_collected_producer_does_not_break_the_logger_of_the_next() -> None:
    broker = open_broker(stack.kafka_url())
    first = broker.producer()
    first.close()
    del first
    gc.collect()
    second = broker.producer()
    assert isinstance(kafka.producer.kafka.log, logging.Logger)
    second.close()


def test_kafka_python_still_drops_a_paused_partition_with_fetched_records(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = BrokerHarness(stack.kafka_url())
    harness.with_topic(a_topic(partitions=2))
    sent = harness.send(*[(f"key{number}", "x") for number in range(200)])
    with harness.consumer() as consumer:
        first = poll_one(consumer)
        consumer.seek(first.topic_partition, first.offset)
        consumer.pause([first.topic_partition])
        others = sum(1 for partition, _ in sent if partition != first.partition)
        with monkeypatch.context() as without:
            without.setattr(KafkaConsumer, "_remove_drained", lambda _: None)
            read(consumer, others)
            consumer.resume([first.topic_partition])
            batches = [batch for _ in range(5) for batch in consumer.poll(0.5).values()]
            assert not batches, (
                f"kafka-python {kafka.__version__} fetches it again by itself: delete KafkaConsumer._remove_drained"
            )
            assert consumer.lag()[first.topic_partition] == len(sent) - others
        read(consumer, len(sent) - others)  # our workaround fetches it again


@pytest.mark.parametrize("fetcher", [None, object()], ids=["no fetcher", "no such name"])
def test_polling_works_with_a_release_that_lacks_the_names_of_the_workaround(
    monkeypatch: pytest.MonkeyPatch, fetcher: object
) -> None:
    harness = BrokerHarness(stack.kafka_url())
    harness.with_topic(a_topic(partitions=1))
    harness.send(("ana", "1"))
    with harness.consumer() as consumer:
        assert isinstance(consumer, KafkaConsumer)
        real = consumer._client

        class Renamed:
            _fetcher = fetcher

            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

        monkeypatch.setattr(consumer, "_client", Renamed())
        assert [record.value for record in read(consumer, 1)] == [b"1"]


@pytest.mark.xdist_group("own_node")
def test_no_send_succeeds_while_the_broker_is_unavailable(own_node: KafkaNode) -> None:
    harness = BrokerHarness(f"kafka://{own_node.address}/away")
    harness.with_topic(a_topic(partitions=1))
    producer, consumer = harness.producer(), harness.consumer()
    producer.send("letters", b"ana", b"before").result(PATIENCE)
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
        poll_until(lambda: threading.active_count() < threads, consumer)  # the sender thread ends
        with pytest.raises(BrokerUnavailable):
            consumer.lag()
        assert consumer.commit(dict.fromkeys(consumer.assignment(), 1)) is False
        with pytest.raises(BrokerUnavailable):
            harness.broker().ping()
        harness.close()
    finally:
        own_node.start()
