"""Events handled in one transaction leave every service in the same state as events handled one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.messages.event import Event
from services.chassis.service.service import Service
from services.events.facts import MenteeFacts, MentorFacts, Spoken
from services.events.matcher import (
    MatchAccepted,
    MatchActivated,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchProposed,
    MatchReminderDue,
    Reason,
)
from services.events.profiles import (
    ContactChanged,
    PersonChanged,
    PersonErased,
    PersonLeft,
    PersonPaused,
    PersonRegistered,
    PersonResumed,
    SignInAsked,
)
from services.matcher.bootstrap import SERVICE as MATCHER
from services.notifications.bootstrap import SERVICE as NOTIFICATIONS
from services.profiles.bootstrap import SERVICE as PROFILES
from services.profiles.domain.person import Contact, MenteeSide, Person
from tests.support import stack
from tests.support.batches import ServiceConsumer
from tests.support.fakes import FixedClock

AT = FixedClock().time
UNTIL = AT + timedelta(days=3)
SPOKEN = (Spoken(tag="en", level="native"),)
MENTEE = MenteeFacts(
    waiting_since=datetime(2030, 1, 1, tzinfo=UTC), languages=SPOKEN, relation="self", diabetes_type="t1d"
)
MENTOR = MentorFacts(languages=SPOKEN, relations=("self",), diabetes_types=("t1d",), approved=True, capacity=3)
WHY = (Reason(criterion="language", band="strong", codes=("en",)),)


def people(number: int) -> list[Event]:
    """Return events of people who register, change (also out of order), pause, resume, leave and are erased."""
    events: list[Event] = []
    for n in range(number):
        ids: dict[str, Any] = {"person_id": f"p{n}", "programme_id": "cairn"}
        side = {"mentor": MENTOR} if n % 3 == 0 else {"mentee": MENTEE}
        events.append(PersonRegistered(**ids, version=1, locale="en", **side))
        if n % 4 == 0:
            both: dict[str, Any] = {"mentee": MENTEE, "mentor": replace(MENTOR, capacity=1)}
            events.append(PersonChanged(**ids, version=3, locale="es", **both))
            events.append(PersonChanged(**ids, version=2, locale="fr", **side))
        if n % 5 == 0:
            events += [PersonPaused(**ids, version=4, until=UNTIL), PersonResumed(**ids, version=5)]
        if n % 7 == 0:
            events.append(PersonLeft(**ids, version=6))
        if n % 6 == 0:
            events.append(PersonErased(**ids, version=7))
            events.append(PersonChanged(**ids, version=8, locale="en", **side))
    return events


def contacts(number: int) -> list[Event]:
    """Return events of contacts and sign-in requests."""
    events: list[Event] = []
    for n in range(number):
        ids: dict[str, Any] = {"person_id": f"p{n}", "programme_id": "cairn"}
        if n % 4 == 1:
            events.append(SignInAsked(**ids, request_id=f"r{n}", expires_at=UNTIL))
        events.append(
            ContactChanged(**ids, version=1 + n % 3, locale="ar", time_zone="UTC", messages_consent=True, sealed="k1.x")
        )
        if n % 3 == 0:
            events.append(
                ContactChanged(**ids, version=2, locale="fr", time_zone="UTC", messages_consent=False, sealed="k1.y")
            )
    return events


def matches(number: int) -> list[Event]:
    """Return events of matches, some of which end early or repeat an event."""
    events: list[Event] = []
    for n in range(number):
        ids: dict[str, Any] = {
            "match_id": f"m{n}",
            "programme_id": "cairn",
            "mentee_id": f"p{n}",
            "mentor_id": f"p{n + 1}",
        }
        life: list[Event] = [
            MatchProposed(**ids, round_id="r", answer_by=UNTIL, reasons=WHY),
            MatchReminderDue(**ids, waiting_for="mentor", answer_by=UNTIL),
            MatchAccepted(**ids, confirm_by=UNTIL, reasons=WHY),
            MatchActivated(**ids, waited_seconds=60 + n),
            MatchEnded(**ids, cause="completed", was="active"),
        ]
        last = (MatchDeclined(**ids, by="mentee"), MatchExpired(**ids, waiting_for="mentor"), *life[:1])
        events += [*life[: 1 + n % 5], last[n % 3]]
    return events


# Service, its events, and the largest number of statements that one batch of all of them may take.
CASES: list[tuple[Service[Any, Any], Callable[[int], list[Event]], int]] = [
    (MATCHER, people, 200),
    (NOTIFICATIONS, people, 200),
    (NOTIFICATIONS, contacts, 40),
    (NOTIFICATIONS, matches, 40),
    (PROFILES, matches, 40),
]
NAMES = [f"{service.name} {make_events.__name__}" for service, make_events, _ in CASES]
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture(params=DATABASES)
def new_consumer(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[Service[Any, Any]], ServiceConsumer]]:
    opened: list[ServiceConsumer] = []

    def open_(service: Service[Any, Any]) -> ServiceConsumer:
        sqlite = f"sqlite:///{tmp_path}/{len(opened)}.db"
        opened.append(ServiceConsumer(service, stack.postgres_url() if request.param == "postgres" else sqlite))
        return opened[-1]

    yield open_
    for consumer in opened:
        consumer.close()


@pytest.mark.parametrize(("service", "make_events", "max_statements"), CASES, ids=NAMES)
def test_a_batch_has_the_same_result_as_its_events_one_by_one(
    new_consumer: Callable[[Service[Any, Any]], ServiceConsumer],
    service: Service[Any, Any],
    make_events: Callable[[int], list[Event]],
    max_statements: int,
) -> None:
    single, batched = new_consumer(service), new_consumer(service)
    for consumer in (single, batched):
        prepare(consumer)
    received = single.records(*make_events(30))
    single.consume(received)
    batched.statements = 0
    batched.consume(received, batch_size=len(received))
    assert batched.statements <= max_statements
    assert batched.rows() == single.rows()
    batched.consume(received, batch_size=7)  # every event is delivered again
    assert batched.rows() == single.rows()


def prepare(consumer: ServiceConsumer) -> None:
    """Store the people whom profiles introduces."""
    if consumer.service is not PROFILES:
        return
    with consumer.parts.uow.begin() as store:
        for n in range(25):  # the others have left
            contact = Contact(email=f"p{n}@example.org")
            mentee = MenteeSide(facts=MENTEE)
            person = Person(
                id=f"p{n}",
                programme_id="cairn",
                locale="en",
                time_zone="UTC",
                contact=contact,
                created_at=AT,
                mentee=mentee,
            )
            store.people.add(replace(person, version=1))
