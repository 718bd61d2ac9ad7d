"""A flood of bad records stops its partition until an operator resumes it; the others go on. On both brokers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from services.chassis.broker.protocol import TopicPartition
from services.chassis.storage.database import open_engine
from services.chassis.storage.partition_alarms import read_states, resume_partition
from tests.chassis.delivery.hearing import GROUP, Heard, dead, parcel, subscriber
from tests.chassis.running import running, until
from tests.chassis.shop import TOPIC, open_shop
from tests.contract.brokers import BrokerHarness, a_topic
from tests.support.patience import PATIENCE
from tests.support.signing import signed


def test_a_flood_stops_only_its_partition_until_an_operator_resumes_it(harness: BrokerHarness, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/shop.db")
    uow = open_shop(engine)
    heard = Heard(uow)
    harness.with_topic(a_topic(TOPIC, partitions=3))
    producer = harness.producer()
    places: dict[str, int] = {}

    def send(key: str, value: bytes | None = None) -> None:
        event = parcel(key) if value is None else signed(replace(parcel(key), value=value))
        places[key], _ = producer.send(TOPIC, key.encode(), event.value, event.headers).result(PATIENCE)

    def alarms() -> list[TopicPartition]:
        with engine.connect() as connection:
            return [state.place for state in read_states(connection, GROUP) if state.alarm_at is not None]

    for _ in range(12):
        send("a", b"bad")
    send("a")
    flooded = TopicPartition(TOPIC, places["a"])
    with running(subscriber(harness.broker(), uow, heard, most_dead=5, together=20, most_together=100).run):
        until(lambda: alarms() == [flooded])
        for key in "bcdefghijk":
            send(key)
        elsewhere = {key for key, partition in places.items() if partition != flooded.partition}
        assert elsewhere
        until(lambda: {key for key, _ in heard.seen} == elsewhere)
        assert len(dead(engine)) == 5
        for letters in (10, 12):
            with uow.begin() as shop:
                assert resume_partition(shop.connection, GROUP, flooded, None)
            until(lambda wanted=letters: len(dead(engine)) == wanted)  # type: ignore[misc]
            until(lambda wanted=letters: bool(alarms()) == (wanted == 10))  # type: ignore[misc]
        until(lambda: {key for key, _ in heard.seen} == set(places))
    assert alarms() == []
    engine.dispose()
