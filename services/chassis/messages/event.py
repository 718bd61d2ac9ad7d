"""The base class of events: frozen dataclasses with a type, a topic, a key field and their producers.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class ParcelSent(Event, type="shop.parcels.parcel_sent.v1", topic="shop.parcels.v1", key="parcel_id"):
        parcel_id: str

Records with the same key keep their order, so the key is the id of the events' subject. The producer is the service in
the type (``parcels``); ``producers=(...)`` names the services that may publish an event whose type names none.
"""

from __future__ import annotations

import re
from typing import ClassVar

_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]*")
_PARTS_WITH_PRODUCER = 4  # system, service, what happened, version
_TOPIC = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")


class Event:
    """Something that happened, as a service publishes it to others; subclasses are frozen dataclasses.

    Class attributes: ``type`` (reverse-dotted name that ends in its version), ``topic``, ``key_field``, ``producers``
    (the names of the services that may publish it; consumers trust no other).
    """

    __slots__ = ()

    type: ClassVar[str]
    topic: ClassVar[str]
    key_field: ClassVar[str]
    producers: ClassVar[frozenset[str]]

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,  # noqa: A002 - events are declared with ``type=``
        topic: str | None = None,
        key: str | None = None,
        producers: tuple[str, ...] = (),
    ) -> None:
        super().__init_subclass__()
        if type is None and topic is None and key is None:
            return  # ``dataclass(slots=True)`` builds the class again without our arguments; the copy has them already
        if type is None or topic is None or key is None:
            raise TypeError(f"{cls.__name__}: an event names its type, its topic and its key")
        if not _TYPE.fullmatch(type):
            raise TypeError(f"{cls.__name__}: type {type!r} must look like 'system.service.what_happened.v1'")
        if not _TOPIC.fullmatch(topic):
            raise TypeError(f"{cls.__name__}: topic {topic!r} must be lower-case words joined by dots")
        if not any(key in vars(base).get("__annotations__", {}) for base in cls.__mro__):
            raise TypeError(f"{cls.__name__}: the key {key!r} is none of its fields")
        named = type.split(".")
        if not producers and len(named) != _PARTS_WITH_PRODUCER:
            raise TypeError(f"{cls.__name__}: type {type!r} names no service, so the event names its producers")
        cls.producers = frozenset(producers or named[1:2])
        cls.type = type
        cls.topic = topic
        cls.key_field = key

    @property
    def partition_key(self) -> str:
        """Return the value of the key field: records that share it keep their order."""
        return str(getattr(self, self.key_field))
