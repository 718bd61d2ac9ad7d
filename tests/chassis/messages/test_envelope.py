"""The envelope is CloudEvents 1.0 in Kafka's binary mode, compatible with another implementation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from services.chassis.core.errors import BadRecord
from services.chassis.messages.envelope import Envelope, read_envelope

AN_ENVELOPE = Envelope(
    id="e1",
    source="/shop",
    type="shop.parcels.parcel_sent.v1",
    subject="p1",
    time=datetime(2030, 1, 31, 12, 0, 0, 5000, tzinfo=UTC),
    programme="north",
)


def with_header(name: str, value: bytes | None) -> list[tuple[str, bytes]]:
    rest = [(header, old) for header, old in AN_ENVELOPE.headers() if header != name]
    return rest if value is None else [*rest, (name, value)]


def test_an_envelope_is_read_unchanged() -> None:
    assert read_envelope(AN_ENVELOPE.headers()) == AN_ENVELOPE
    plain = Envelope(id="e1", source="/shop", type="a.b.v1", subject="p1", time=AN_ENVELOPE.time)
    assert read_envelope(plain.headers()) == plain
    assert all(name != "ce_programme" for name, _ in plain.headers())


def test_another_implementation_reads_what_we_write() -> None:
    message = KafkaMessage(headers=dict(AN_ENVELOPE.headers()), key=b"p1", value=b'{"parcel_id": "p1"}')
    event = from_binary(message, JSONFormat())
    assert event.get_specversion() == "1.0"
    attributes_read = (event.get_id(), event.get_source(), event.get_type(), event.get_subject(), event.get_time())
    wanted = (AN_ENVELOPE.id, AN_ENVELOPE.source, AN_ENVELOPE.type, AN_ENVELOPE.subject, AN_ENVELOPE.time)
    assert attributes_read == wanted
    assert event.get_extension("programme") == "north"
    assert event.get_datacontenttype() == "application/json"
    assert event.get_data() == {"parcel_id": "p1"}


def test_we_read_what_another_implementation_writes() -> None:
    attributes = {
        "id": "e1",
        "source": "/shop",
        "type": "shop.parcels.parcel_sent.v1",
        "subject": "p1",
        "time": AN_ENVELOPE.time,
        "programme": "north",
        "specversion": "1.0",
        "datacontenttype": "application/json",
    }
    message = to_binary(CloudEvent(attributes, {"parcel_id": "p1"}), JSONFormat())
    assert read_envelope(tuple(message.headers.items())) == AN_ENVELOPE


@pytest.mark.parametrize("name", ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time"])
def test_a_missing_attribute_is_named(name: str) -> None:
    with pytest.raises(BadRecord) as caught:
        read_envelope(with_header(name, None))
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b""),
        ("ce_id", b"\xff"),
        ("ce_id", b"a\x00b"),
        ("ce_type", b"x" * 201),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2030-01-31T12:00:00"),
        ("content-type", b"application/avro"),
    ],
)
def test_a_wrong_attribute_is_named(name: str, value: bytes) -> None:
    with pytest.raises(BadRecord) as caught:
        read_envelope(with_header(name, value))
    assert caught.value.field == name


def test_unknown_headers_and_a_charset_do_no_harm() -> None:
    headers = [*with_header("content-type", b"application/json; charset=utf-8"), ("traceparent", b"\xff")]
    assert read_envelope(headers) == AN_ENVELOPE
