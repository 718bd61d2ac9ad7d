"""Events are encoded as canonical JSON and decoded unchanged; invalid values are refused with the field's name."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.core.errors import BadRecord
from services.chassis.messages.codec import decode, encode
from services.chassis.messages.event import Event
from services.chassis.messages.json_schema import schema_of
from tests.chassis.shop import TOPIC, Item, ParcelId, ParcelSent

GOLDEN = (
    b'{"day":"2030-01-31","fragile":true,"items":[{"name":"k\xc3\xa4se","pieces":2}],"notes":["a","b"],'
    b'"parcel_id":"p1","programme_id":null,"sent_at":"2030-01-31T12:00:00Z","sequence":3,"size":"large","weight_kg":1.5}'
)
THE_EVENT = ParcelSent(
    parcel_id=ParcelId("p1"),
    sequence=3,
    sent_at=datetime(2030, 1, 31, 13, tzinfo=timezone(timedelta(hours=1))),
    day=date(2030, 1, 31),
    size="large",
    weight_kg=1.5,
    fragile=True,
    items=(Item("käse", 2),),
    notes=("a", "b"),
)

text = st.text(max_size=12)
finite = st.floats(allow_nan=False, allow_infinity=False)
fractions = finite.filter(lambda number: not number.is_integer())  # JSON Schema calls 1.0 an integer; we are stricter
parcels = st.builds(
    ParcelSent,
    parcel_id=text.map(ParcelId),
    sequence=st.integers(),
    programme_id=st.none() | text,
    sent_at=st.datetimes(timezones=st.just(UTC)),
    day=st.none() | st.dates(),
    size=st.sampled_from(["small", "large"]),
    weight_kg=finite,
    fragile=st.booleans(),
    items=st.lists(st.builds(Item, name=text, pieces=st.integers()), max_size=3).map(tuple),
    notes=st.lists(text, max_size=3).map(tuple),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event, type="shop.parcels.counted.v1", topic=TOPIC, key="day"):
    day: date
    by_size: Mapping[str, int]
    nothing: None = None
    share: float | None = None


def test_the_bytes_of_an_event_never_change() -> None:
    assert encode(THE_EVENT) == GOLDEN


def test_old_bytes_are_still_read() -> None:
    assert decode(ParcelSent, GOLDEN) == THE_EVENT


@given(parcels)
def test_every_event_is_decoded_unchanged_and_matches_its_schema(event: ParcelSent) -> None:
    written = encode(event)
    assert decode(ParcelSent, written) == event
    assert jsonschema_rs.is_valid(schema_of(ParcelSent), json.loads(written))


@given(st.recursive(st.none() | st.booleans() | st.integers() | fractions | text, st.lists))
def test_schema_and_codec_accept_the_same_values(value: Any) -> None:
    for name in ("sequence", "size", "fragile", "notes", "items", "programme_id"):
        body = json.loads(GOLDEN) | {name: value}
        if jsonschema_rs.is_valid(schema_of(ParcelSent), body):
            decode(ParcelSent, json.dumps(body).encode())
        else:
            with pytest.raises(BadRecord, match=rf"^{name}\b"):
                decode(ParcelSent, json.dumps(body).encode())


def test_mappings_and_null_are_encoded_too() -> None:
    counted = Counted(day=date(2030, 1, 31), by_size={"small": 2, "large": 1})
    assert decode(Counted, encode(counted)) == counted
    with pytest.raises(BadRecord, match=r"by_size\.\*: must be a whole number"):
        decode(Counted, b'{"day": "2030-01-31", "by_size": {"small": "two"}}')


def test_unknown_fields_are_ignored_and_missing_fields_take_their_default() -> None:
    event = decode(ParcelSent, b'{"parcel_id": "p1", "colour": {"deep": [1]}, "items": [{"name": "x", "size": 3}]}')
    assert event == ParcelSent(parcel_id=ParcelId("p1"), items=(Item("x"),))


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("parcel_id", 1, "parcel_id: must be a string"),
        ("parcel_id", None, "parcel_id: must be a string"),
        ("sequence", "3", "sequence: must be a whole number"),
        ("sequence", 3.0, "sequence: must be a whole number"),
        ("sequence", True, "sequence: must be a whole number"),
        ("weight_kg", "heavy", "weight_kg: must be a number"),
        ("weight_kg", False, "weight_kg: must be a number"),
        ("weight_kg", 10**400, "weight_kg: must be a number within reach"),
        ("fragile", 1, "fragile: must be true or false"),
        ("size", "huge", "size: must be one of the values that its type allows"),
        ("size", "huge - at `$.large`", "size: must be one of the values that its type allows"),
        ("size", ["small"], "size: must be a string"),
        ("day", "2030-02-30", "day: must be a date"),
        ("day", "20300131", "day: must be a date"),
        ("day", "2030-01-31T00:00:00Z", "day: must be a date"),
        ("sent_at", "2030-01-31T12:00:00", "sent_at: must be a moment"),
        ("sent_at", "0001-01-01T00:00:00+10:00", "sent_at: must be a moment"),
        ("sent_at", "2030-01-31T12:00Z", "sent_at: must be a moment"),
        ("sent_at", "2030-01-31T24:00:00Z", "sent_at: must be a moment"),
        ("sent_at", 1234567890, "sent_at: must be a moment"),
        ("notes", "a", "notes: must be a list"),
        ("notes", ["a", None], "notes.1: must be a string"),
        ("items", [{"name": "x"}, {"pieces": 1}], "items.1.name: is missing"),
        ("items", [[]], "items.0: must be an object"),
        ("items", {"0": {}}, "items: must be a list"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(field: str, value: Any, complaint: str) -> None:
    body = json.loads(GOLDEN) | {field: value}
    with pytest.raises(BadRecord, match=complaint) as caught:
        decode(ParcelSent, json.dumps(body).encode())
    assert "heavy" not in str(caught.value)
    assert "huge" not in str(caught.value)
    assert caught.value.__cause__ is None, "the error of the library holds the value"


def test_a_moment_is_decoded_in_utc_wherever_it_was_written() -> None:
    event = decode(ParcelSent, b'{"parcel_id": "p1", "sent_at": "2030-01-31T13:00:00.5+01:00"}')
    assert event.sent_at.isoformat() == "2030-01-31T12:00:00.500000+00:00"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b'{"parcel_id": NaN}',
        b'{"parcel_id": "p1", "weight_kg": -Infinity}',
        b'{"parcel_id": "p1", "unknown": NaN}',
        b'{"parcel_id": "\xff"}',
        b'{"parcel_id": "p1", "unknown": "\xff"}',
        b'{"parcel_id": "\xed\xa0\x80"}',
        b'{"parcel_id": "\\ud800"}',
        b'{"parcel_id": "p1", "unknown": "\\ud800"}',
        b'{"parcel_id": "p1", "unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"parcel_id": "p1", "unknown": 01}',
        b'{"parcel_id": "p\n1"}',
        b'{"parcel_id": "p1"} {}',
        b'\xef\xbb\xbf{"parcel_id": "p1"}',
        '{"parcel_id": "p1"}'.encode("utf-16"),
        b'{1: "p1"}',
        b"{'parcel_id': 'p1'}",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_bytes_that_are_not_json_in_utf8_are_refused(body: bytes) -> None:
    with pytest.raises(BadRecord, match="is not JSON in UTF-8") as caught:
        decode(ParcelSent, body)
    assert caught.value.field == ""


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"7", b"[" * 100_000])
def test_json_that_is_not_an_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadRecord, match="must be an object"):
        decode(ParcelSent, body)


@pytest.mark.parametrize(
    ("field", "number", "complaint"),
    [
        ("weight_kg", "1e999", "must be a number within reach"),
        ("sequence", "9" * 5000, "must be a number within reach"),
        ("sequence", "1e2", "must be a whole number"),
    ],
    ids=["float", "integer", "exponent"],
)
def test_a_number_out_of_reach_is_refused(field: str, number: str, complaint: str) -> None:
    with pytest.raises(BadRecord, match=f"^{field}: {complaint}"):
        decode(ParcelSent, f'{{"parcel_id": "p1", "{field}": {number}}}'.encode())


def test_of_a_field_that_is_given_twice_the_last_value_counts() -> None:
    assert decode(ParcelSent, b'{"parcel_id": "p1", "parcel_id": "p2"}').parcel_id == "p2"


def test_a_missing_required_field_is_named() -> None:
    with pytest.raises(BadRecord, match="parcel_id: is missing"):
        decode(ParcelSent, b"{}")


@pytest.mark.parametrize(
    "wrong",
    [
        ParcelSent(parcel_id=7),  # type: ignore[arg-type]
        ParcelSent(parcel_id=ParcelId("p1"), weight_kg=math.nan),
        ParcelSent(parcel_id=ParcelId("p1"), sent_at=datetime(2030, 1, 1)),  # noqa: DTZ001 - the point of it
        ParcelSent(parcel_id=ParcelId("\ud800")),
        ParcelSent(parcel_id=ParcelId("p1"), sent_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        ParcelSent(parcel_id=ParcelId("p1"), fragile=1),  # type: ignore[arg-type]
        ParcelSent(parcel_id=ParcelId("p1"), notes=("a", 1j)),  # type: ignore[arg-type]
        Counted(day=date(2030, 1, 31), by_size={7: 1}),  # type: ignore[dict-item]
        Counted(day=date(2030, 1, 31), by_size={}, share=math.nan),
    ],
    ids=[
        "type",
        "not a number",
        "no time zone",
        "not Unicode",
        "before year 1",
        "int for bool",
        "no JSON",
        "key",
        "null",
    ],
)
def test_an_invalid_event_is_refused_when_encoded(wrong: Event) -> None:
    with pytest.raises(BadRecord):
        encode(wrong)


def test_an_unsupported_field_type_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd(Event, type="shop.parcels.odd.v1", topic=TOPIC, key="id"):
        id: str
        many: complex

    with pytest.raises(TypeError, match="complex"):
        schema_of(Odd)


def test_the_schema_matches_the_class() -> None:
    schema = json.loads(json.dumps(schema_of(ParcelSent)))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["description"] == "A parcel was sent."
    assert schema["required"] == ["parcel_id"]
    assert schema["properties"]["size"] == {"enum": ["large", "small"], "default": "small"}
    assert schema["properties"]["items"] == {"type": "array", "items": {"$ref": "#/$defs/Item"}, "default": []}
    assert schema["properties"]["day"]["anyOf"] == [{"type": "string", "format": "date"}, {"type": "null"}]
    assert schema["$defs"]["Item"]["required"] == ["name"]
    assert jsonschema_rs.meta.is_valid(schema)
