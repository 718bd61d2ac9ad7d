"""Records that no service signed, or that a service may not publish, take no effect on either broker."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.broker.protocol import Broker
from services.chassis.delivery.record_handler import Handler
from services.chassis.delivery.signatures import KEY_ID, SIGNATURE, EventSigner, EventVerifier, public_half
from services.chassis.delivery.subscriber import Subscriber
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.storage.database import open_engine
from services.chassis.storage.outbox import Outgoing, outgoing
from services.events import topics
from services.events.matcher import MatchActivated
from services.events.profiles import ContactChanged, PersonErased
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, count, open_shop
from tests.contract.brokers import BrokerHarness
from tests.support.signing import signed

KEYS = {name: base64.b64encode(name.encode().ljust(32)).decode() for name in ("profiles", "matcher", "stranger")}
SIGNERS = {name: EventSigner(key) for name, key in KEYS.items()}
VERIFIER = EventVerifier(json.dumps({name: [public_half(KEYS[name])] for name in ("profiles", "matcher")}))
ACTIVATED = MatchActivated(match_id="m1", programme_id="p", mentee_id="a", mentor_id="b", waited_seconds=1)
ERASED = PersonErased(person_id="a", programme_id="p", version=9)
CONTACT = ContactChanged(
    person_id="a", programme_id="p", version=9, locale="en", time_zone="UTC", messages_consent=True, sealed="stolen"
)


def written(event: Event, source: str) -> Outgoing:
    """Return the record of an event without a signature."""
    return outgoing(event, source=f"/{source}", now=datetime(2030, 1, 1, tzinfo=UTC))


def genuine(event: Event, source: str, signer: str = "") -> Outgoing:
    return signed(written(event, source), SIGNERS[signer or source])


def with_headers_of(record: Outgoing, other: Outgoing) -> Outgoing:
    taken = [(name, value) for name, value in other.headers if name in {SIGNATURE, KEY_ID}]
    kept = [(name, value) for name, value in record.headers if name not in {SIGNATURE, KEY_ID}]
    return replace(record, headers=(*kept, *taken))


def another_key_id() -> Outgoing:
    record = genuine(ACTIVATED, "matcher")
    return replace(record, headers=(*record.headers, (KEY_ID, b"0123456789abcdef")))


def signed_with_a_wrong_key(event: Event, source: str) -> Outgoing:
    """Return a record that a service signed under a key that its event does not have."""
    return signed(replace(written(event, source), key="another"), SIGNERS[source])


ATTACKS: dict[str, tuple[Callable[[], Outgoing], str]] = {
    "match_activated by nobody": (lambda: written(ACTIVATED, "matcher"), "signature_missing"),
    "person_erased by nobody": (lambda: written(ERASED, "profiles"), "signature_missing"),
    "person_erased by a stranger": (lambda: genuine(ERASED, "profiles", "stranger"), "key_unknown"),
    "contact_changed by the matcher": (lambda: genuine(CONTACT, "matcher"), "producer_wrong"),
    "contact_changed by the matcher as profiles": (lambda: genuine(CONTACT, "profiles", "matcher"), "key_unknown"),
    "moved to another topic": (lambda: replace(genuine(ACTIVATED, "matcher"), topic=topics.PEOPLE), "signature_wrong"),
    "published on another topic": (
        lambda: signed(replace(written(ERASED, "profiles"), topic=topics.MATCHES), SIGNERS["profiles"]),
        "topic_wrong",
    ),
    "moved to another key": (lambda: replace(genuine(ERASED, "profiles"), key="another"), "signature_wrong"),
    "published with another key": (lambda: signed_with_a_wrong_key(ERASED, "profiles"), "key_wrong"),
    "a changed value": (
        lambda: replace(genuine(ERASED, "profiles"), value=written(replace(ERASED, person_id="b"), "profiles").value),
        "signature_wrong",
    ),
    "a changed id": (
        lambda: with_headers_of(written(ERASED, "profiles"), genuine(ERASED, "profiles")),
        "signature_wrong",
    ),
    "a stripped signature": (
        lambda: replace(genuine(ERASED, "profiles"), headers=written(ERASED, "profiles").headers),
        "signature_missing",
    ),
    "an unknown key id": (another_key_id, "key_unknown"),
    "with the signature of another record": (
        lambda: with_headers_of(written(ACTIVATED, "matcher"), genuine(replace(ACTIVATED, match_id="m2"), "matcher")),
        "signature_wrong",
    ),
    "an unknown type by nobody": (
        lambda: replace(written(ERASED, "profiles"), headers=(("ce_type", b"cairn.profiles.other.v1"),)),
        "signature_missing",
    ),
}


@dataclass
class Listener:
    """A consumer of the three events that records what took effect, on a database and a broker of its own."""

    broker: Broker
    engine: sa.Engine

    def __post_init__(self) -> None:
        self.seen: list[Event] = []
        self.uow = open_shop(self.engine)
        self.broker.ensure_topics([replace(spec, partitions=1) for spec in topics.specs()])

    def send(self, *records: Outgoing) -> None:
        producer = self.broker.producer()
        for record in records:
            producer.send(record.topic, record.key.encode(), record.value, record.headers).result(20)
        producer.close()

    def listen_until(
        self, true: Callable[[], bool], verifier: EventVerifier = VERIFIER, *, group: str = "listener"
    ) -> None:
        handlers: dict[type[Event], Handler] = dict.fromkeys((MatchActivated, PersonErased, ContactChanged), self._note)
        with running(Subscriber(self.broker, group, handlers, self.uow, verifier, most_dead=2).run):
            until(true)

    def letters(self) -> list[tuple[str, str | None, str | None, str | None]]:
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(CHASSIS.dead_letters).order_by(CHASSIS.dead_letters.c.offset)).all()
        return [(row.error, row.field, row.event_id, row.type) for row in rows]

    def _note(self, event: Event, envelope: Envelope) -> None:
        del envelope
        self.seen.append(event)


@pytest.fixture
def listener(harness: BrokerHarness, tmp_path: Path) -> Iterator[Listener]:
    engine = open_engine(f"sqlite:///{tmp_path}/listener.db")
    yield Listener(harness.broker(), engine)
    engine.dispose()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_forged_record_takes_no_effect_and_delays_nobody(listener: Listener, attack: str) -> None:
    forge, reason = ATTACKS[attack]
    forged = forge()
    after = genuine(replace(ERASED, person_id="z"), "profiles")
    ended = genuine(replace(ACTIVATED, match_id="z"), "matcher")
    listener.send(forged, after, ended)
    listener.listen_until(lambda: len(listener.seen) >= 2 and len(listener.letters()) >= 1)
    assert {event.partition_key for event in listener.seen} == {"z"}
    assert listener.letters() == [("UntrustedRecord", reason, None, None)]


def test_a_forged_copy_does_not_suppress_the_genuine_event(listener: Listener) -> None:
    record = genuine(ERASED, "profiles")
    listener.send(replace(record, value=b"{}"), record)
    listener.listen_until(lambda: len(listener.seen) >= 1)
    assert listener.seen == [ERASED]
    assert count(listener.engine, CHASSIS.inbox) == 1


def test_a_flood_of_forged_records_raises_no_alarm(listener: Listener) -> None:
    listener.send(*[written(ERASED, "profiles") for _ in range(5)], genuine(ERASED, "profiles"))
    listener.listen_until(lambda: len(listener.seen) >= 1)
    assert len(listener.letters()) == 5
    assert count(listener.engine, CHASSIS.consumer_partitions) == 0


def test_a_replay_trusts_records_of_an_older_key_while_it_is_listed(listener: Listener) -> None:
    newer = base64.b64encode(b"newer".ljust(32)).decode()
    later = replace(ERASED, person_id="z")
    listener.send(genuine(ERASED, "profiles"), signed(written(later, "profiles"), EventSigner(newer)))
    both = json.dumps({"profiles": [public_half(newer), public_half(KEYS["profiles"])]})
    listener.listen_until(lambda: len(listener.seen) >= 2, EventVerifier(both))
    assert listener.seen == [ERASED, later]
    only = json.dumps({"profiles": [public_half(newer)]})
    listener.listen_until(
        lambda: len(listener.seen) >= 3 and len(listener.letters()) >= 1, EventVerifier(only), group="replay"
    )
    assert listener.seen == [ERASED, later, later]
    assert listener.letters() == [("UntrustedRecord", "key_unknown", None, None)]
