"""A broker is opened by its address."""

from __future__ import annotations

from pathlib import Path

import pytest
from kafka import errors

from services.chassis.broker.embedded.broker import LogBroker
from services.chassis.broker.kafka.broker import KafkaBroker
from services.chassis.broker.kafka.producer import translate
from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import BrokerUnavailable, RecordRefused, TopicSpec


def test_an_embedded_address_creates_no_file_by_itself(tmp_path: Path) -> None:
    assert isinstance(open_broker(f"embedded://{tmp_path}/a/broker.db"), LogBroker)
    assert not (tmp_path / "a").exists()


def test_a_kafka_address_has_servers_and_an_optional_prefix() -> None:
    broker = open_broker("kafka://one:9092, two:9093/blue")
    assert isinstance(broker, KafkaBroker)
    assert broker.describe() == "Kafka at one:9092, two:9093"


@pytest.mark.parametrize("address", ["", "redis://x", "kafka://", "kafka:///blue", "embedded://", "embedded"])
def test_any_other_address_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(ValueError, match="embedded:// or kafka://"):
        open_broker(address)


def test_permanent_errors_of_kafka_are_distinguished_from_temporary_errors() -> None:
    assert isinstance(translate(errors.MessageSizeTooLargeError()), RecordRefused)
    assert isinstance(translate(errors.KafkaTimeoutError()), BrokerUnavailable)
    assert isinstance(translate(errors.NotEnoughReplicasError()), BrokerUnavailable)


@pytest.mark.parametrize("wrong", [{"partitions": 0}, {"retention_ms": 0}, {"min_insync": 2}, {"min_insync": 0}])
def test_topic_settings_that_no_broker_accepts_are_refused(wrong: dict[str, int]) -> None:
    figures = {"partitions": 1, "retention_ms": 1, "segment_ms": 1, **wrong}
    with pytest.raises(ValueError, match="letters"):
        TopicSpec("letters", **figures)
