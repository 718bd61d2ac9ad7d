"""Measure what signing and checking cost per event: ``python -m bench.event_signatures``.

The relay and a consumer handle the same events with and without signatures, in turns in one process, on SQLite and a
broker in memory: the cheapest handling there is, so the share of the signatures is the largest.
"""

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from services.chassis.broker.protocol import Record
from services.chassis.delivery.record_handler import RecordHandler
from services.chassis.delivery.relay import Relay
from services.chassis.delivery.signatures import EventSigner, EventVerifier
from services.chassis.storage.database import open_engine
from tests.chassis.shop import ParcelId, ParcelSent, open_shop
from tests.support.fakes import FakeBroker
from tests.support.signing import SIGNER, VERIFIER

EVENTS, BATCH, ROUNDS = 4000, 100, 5


class Unsigned:
    """Signs and checks nothing."""

    def sign(self, _topic: str, _key: bytes, _value: bytes, headers: Any) -> Any:
        """Return the headers as they are."""
        return headers

    def check(self, _record: Record) -> str:
        """Return a producer, unchecked."""
        return "shop"


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return events a second, and processor microseconds per event."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return EVENTS / (time.perf_counter() - wall), (time.process_time() - processor) / EVENTS * 1e6


def relay_and_consume(folder: Path, *, signed: bool) -> dict[str, tuple[float, float]]:
    """Publish and handle events; return the measures of relay and consumer."""
    none = Unsigned()
    signer, verifier = (SIGNER, VERIFIER) if signed else (cast(EventSigner, none), cast(EventVerifier, none))
    engine, broker = open_engine(f"sqlite:///{folder}/shop.db"), FakeBroker(partitions=1)
    uow = open_shop(engine)
    with uow.begin() as shop:
        shop.publish(*(ParcelSent(parcel_id=ParcelId(str(number))) for number in range(EVENTS)))
    relay = Relay(engine, broker, signer)

    def publish() -> None:
        while relay.publish_once():
            pass

    def add(event: ParcelSent, _envelope: object) -> None:
        with uow.begin() as store:
            store.add(event.parcel_id)

    def consume() -> None:
        handler = RecordHandler("bench", {ParcelSent: add}, uow, verifier)
        (records,) = broker.log.values()
        for start in range(0, EVENTS, BATCH):
            handler.take(records[start : start + BATCH])

    relay.turn()  # becomes the leader
    measures = {"relay": measure(publish), "consumer": measure(consume)}
    engine.dispose()
    return measures


def main() -> None:
    """Print the medians of relay and consumer without and with signatures."""
    results: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, signed in (("unsigned", False), ("signed", True)):
            with tempfile.TemporaryDirectory() as folder:
                for role, row in relay_and_consume(Path(folder), signed=signed).items():
                    results[role, name].append(row)
    for (role, name), rows in sorted(results.items()):
        rate, cost = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{role:9} {name:9} {rate:8.0f} events/s {cost:6.0f} us of processor per event")


if __name__ == "__main__":
    main()
