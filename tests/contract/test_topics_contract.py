"""Topics are made, altered and refused alike on the embedded broker and on Apache Kafka."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.chassis.broker.protocol import (
    RecordRefused,
    TopicMismatch,
    TopicMissing,
)
from tests.contract.brokers import BrokerHarness, a_topic, poll_until
from tests.support.patience import PATIENCE


def test_topics_are_created_as_specified_and_a_repeat_changes_nothing(harness: BrokerHarness) -> None:
    spec = a_topic()
    for _ in range(2):
        harness.broker().ensure_topics([spec, a_topic("cards", partitions=1)])
    places = harness.send(*[(f"key{number}", "x") for number in range(60)])
    assert {partition for partition, _ in places} == {0, 1, 2, 3}


def test_a_topic_that_differs_is_altered(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    altered = replace(a_topic(partitions=3), max_message_bytes=20_000, retention_ms=3_600_000)
    harness.broker().ensure_topics([altered])
    harness.broker().ensure_topics([altered])
    producer = harness.producer()
    with pytest.raises(RecordRefused):
        producer.send("letters", b"ana", b"x" * 20_001).result(PATIENCE)
    places = harness.send(*[(f"key{number}", "x") for number in range(60)])
    assert {partition for partition, _ in places} == {0, 1, 2}


def test_a_member_gets_partitions_added_later_even_with_short_polls(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=1))
    consumer = harness.consumer()
    poll_until(lambda: len(consumer.assignment()) == 1, consumer)
    harness.broker().ensure_topics([a_topic(partitions=2)])
    poll_until(lambda: len(consumer.assignment()) == 2, consumer, seconds=0.003)


def test_a_topic_that_cannot_be_altered_is_refused(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic(partitions=3))
    with pytest.raises(TopicMismatch, match="3 partitions"):
        harness.broker().ensure_topics([a_topic(partitions=2)])


def test_sending_never_creates_a_topic(harness: BrokerHarness) -> None:
    harness.with_topic(a_topic("cards"))
    producer = harness.producer()
    for _ in range(3):
        with pytest.raises(TopicMissing, match="letters"):
            producer.send("letters", b"ana", b"1").result(PATIENCE)
    producer.send("cards", b"ana", b"1").result(PATIENCE)
