"""Within a version of an event fields may be added with a default, at any depth; every other change is detected."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from services.chassis.core.errors import BadRecord
from services.chassis.messages.codec import decode, encode
from services.chassis.messages.event import Event
from tests.chassis.shop import TOPIC
from tests.events.golden_comparison import lost

EXAMPLE = b'{"box":{"label":"fragile"},"items":[{"name":"tea"},{"name":"milk"}],"parcel_id":"p1"}'


@dataclass(frozen=True, kw_only=True)
class Box:
    label: str


@dataclass(frozen=True, kw_only=True)
class Item:
    name: str


@dataclass(frozen=True, kw_only=True)
class Packed(Event, type="shop.parcels.packed.v1", topic=TOPIC, key="parcel_id"):
    parcel_id: str
    box: Box
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BoxWithColour(Box):
    colour: str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemWithPieces(Item):
    pieces: int = 1


@dataclass(frozen=True, kw_only=True)
class Grown(Packed, type="shop.parcels.packed.v1", topic=TOPIC, key="parcel_id"):
    box: BoxWithColour
    items: tuple[ItemWithPieces, ...] = ()
    weight: int | None = None


@dataclass(frozen=True, kw_only=True)
class Renamed:
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class WithRenamedField(Event, type="shop.parcels.packed.v1", topic=TOPIC, key="parcel_id"):
    parcel_id: str
    box: Box
    items: tuple[Renamed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WithoutBox(Event, type="shop.parcels.packed.v1", topic=TOPIC, key="parcel_id"):
    parcel_id: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemOfColour(Item):
    colour: str


@dataclass(frozen=True, kw_only=True)
class WithRequiredField(Event, type="shop.parcels.packed.v1", topic=TOPIC, key="parcel_id"):
    parcel_id: str
    box: Box
    items: tuple[ItemOfColour, ...] = ()


def lost_by(event: type[Event]) -> list[str]:
    return list(lost(json.loads(EXAMPLE), json.loads(encode(decode(event, EXAMPLE)))))


def test_the_same_event_loses_nothing() -> None:
    assert lost_by(Packed) == []


def test_an_optional_field_may_be_added_at_any_depth() -> None:
    assert lost_by(Grown) == []


def test_a_removed_field_is_named() -> None:
    assert lost_by(WithoutBox) == ["box"]


def test_a_renamed_field_of_a_nested_object_is_named() -> None:
    assert lost_by(WithRenamedField) == ["items.0.name", "items.1.name"]


def test_a_new_required_field_is_named_since_old_examples_lack_it() -> None:
    with pytest.raises(BadRecord, match=r"^items\.0\.colour: is missing"):
        lost_by(WithRequiredField)


@pytest.mark.parametrize(
    ("example", "written", "places"),
    [
        ({"a": 1}, {"a": 2}, ["a"]),
        ({"a": 1}, {"a": True}, ["a"]),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": None}, {}, ["a"]),
        ({"a": {"b": 1}}, {"a": []}, ["a"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["a.0", "a.1"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, []),
        ({"a": []}, {"a": [], "b": 1}, []),
    ],
)
def test_each_changed_value_is_named(example: object, written: object, places: list[str]) -> None:
    assert list(lost(example, written)) == places
