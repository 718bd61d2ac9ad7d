"""Parts of the subscriber tests: parcels as records, and a handler that records them."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from services.chassis.broker.protocol import Broker, Headers
from services.chassis.delivery.record_handler import Handler
from services.chassis.delivery.subscriber import Subscriber
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.storage.outbox import Outgoing, outgoing
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import CHASSIS, TOPIC, ParcelId, ParcelLost, ParcelSent, Shop
from tests.support.fakes import FakeBroker, FixedClock
from tests.support.signing import SIGNER, VERIFIER, signed

GROUP = "shop"


def parcel(key: str, number: int = 0) -> Outgoing:
    event = ParcelSent(parcel_id=ParcelId(key), sequence=number)
    return signed(outgoing(event, source="/other", now=FixedClock().now()))


def put(broker: FakeBroker, *events: Outgoing) -> None:
    for event in events:
        broker.put(event.topic, event.key.encode(), event.value, event.headers)


def nothing(event: ParcelSent) -> None:
    """Do nothing: the default for ``then``."""


class Heard:
    """A handler that stores each parcel, and then calls ``then``."""

    def __init__(self, uow: UnitOfWork[Shop], then: Callable[[ParcelSent], None] = nothing) -> None:
        self.uow = uow
        self.then = then
        self.seen: list[tuple[str, int]] = []

    def __call__(self, event: ParcelSent, envelope: Envelope) -> None:
        self.seen.append((event.parcel_id, event.sequence))
        with self.uow.begin() as shop:
            shop.add(f"{event.parcel_id}-{event.sequence}")
            shop.publish(ParcelLost(parcel_id=event.parcel_id))
            self.then(event)


def put_raw(broker: FakeBroker, key: str, value: bytes, headers: Headers) -> None:
    """Write a record of any content, signed by a trusted producer."""
    broker.put(TOPIC, key.encode(), value, SIGNER.sign(TOPIC, key.encode(), value, headers))


def put_bad(broker: FakeBroker, key: str = "a", times: int = 1) -> None:
    """Write records of a trusted producer with a valid envelope and an unreadable body."""
    for _ in range(times):
        put_raw(broker, key, b"bad", parcel(key).headers)


def subscriber(
    broker: Broker,
    uow: UnitOfWork[Shop],
    handler: Handler,
    *,
    most_dead: int = 20,
    together: int = 1,
    most_together: int = 1,
) -> Subscriber:
    handlers: dict[type[Event], Handler] = {ParcelSent: handler}
    return Subscriber(
        broker,
        GROUP,
        handlers,
        uow,
        VERIFIER,
        attempts=3,
        most_dead=most_dead,
        together=together,
        most_together=most_together,
        check_every=0.01,
        first_wait=0.005,
        longest_wait=0.02,
    )


def read_all(broker: FakeBroker) -> bool:
    return all(broker.committed.get((GROUP, place), 0) == len(log) for place, log in broker.log.items())


def dead(engine: sa.Engine) -> list[tuple[str, str | None]]:
    with engine.connect() as connection:
        letters = connection.execute(sa.select(CHASSIS.dead_letters).order_by(CHASSIS.dead_letters.c.offset))
        return [(letter.error, letter.field) for letter in letters]
