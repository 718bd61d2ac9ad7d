"""What kafka-python 3.0.12 does when things go wrong, and that none of it gets through to us."""

from __future__ import annotations

import gc
import logging
import threading

import kafka.producer.kafka
import pytest

from deploy.local.kafka import KafkaNode
from services.chassis.broker import BrokerUnavailable
from services.chassis.brokers import open_broker
from tests.contract.brokers import Ground, a_topic, poll_until
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
