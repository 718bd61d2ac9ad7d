"""Events have a type, a topic and a key; wrong declarations are refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass

import pytest

from services.chassis.messages.event import Event
from tests.chassis.shop import TOPIC, ParcelId, ParcelLost, ParcelSent


def test_an_event_has_a_type_a_topic_and_a_key() -> None:
    event = ParcelSent(parcel_id=ParcelId("p1"))
    assert (event.type, event.topic, event.key_field) == ("shop.parcels.parcel_sent.v1", TOPIC, "parcel_id")
    assert event.partition_key == "p1"
    assert ParcelLost.type == "shop.parcels.parcel_lost.v1"


def test_an_event_is_frozen_and_has_slots() -> None:
    event = ParcelLost(parcel_id=ParcelId("p1"))
    with pytest.raises(FrozenInstanceError):
        event.parcel_id = ParcelId("p2")  # type: ignore[misc]
    assert not hasattr(event, "__dict__")


def test_an_event_without_slots_works_as_well() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Weighed(Event, type="shop.parcels.weighed.v2", topic=TOPIC, key="parcel_id"):
        parcel_id: str

    assert Weighed(parcel_id="p1").partition_key == "p1"
    assert Weighed.type == "shop.parcels.weighed.v2"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"type": "shop.parcels.weighed.v1", "topic": TOPIC}, "names its type"),
        ({"type": "Weighed", "topic": TOPIC, "key": "parcel_id"}, "must look like"),
        ({"type": "shop.weighed", "topic": TOPIC, "key": "parcel_id"}, "must look like"),
        ({"type": "shop.weighed.v0", "topic": TOPIC, "key": "parcel_id"}, "must look like"),
        ({"type": "shop.weighed.v1", "topic": "Shop Parcels", "key": "parcel_id"}, "lower-case"),
        ({"type": "shop.weighed.v1", "topic": TOPIC, "key": "parcel"}, "none of its fields"),
    ],
)
def test_a_wrong_declaration_is_refused_at_once(words: dict[str, str], complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        type("Weighed", (Event,), {"__annotations__": {"parcel_id": str}}, **words)


def test_the_producer_is_the_service_of_the_type() -> None:
    class Sent(Event, type="shop.parcels.sent.v1", topic="shop.parcels.v1", key="parcel_id"):
        parcel_id: str

    assert Sent.producers == {"parcels"}


def test_an_event_whose_type_names_no_service_names_its_producers() -> None:
    with pytest.raises(TypeError, match="producers"):

        class Sent(Event, type="shop.sent.v1", topic="shop.parcels.v1", key="parcel_id"):
            parcel_id: str
