"""Events that are handled in one transaction leave every service as if each had been handled by itself."""

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
from tests.support.batches import Hearing
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
    """What profiles tells of people: they come, change, rest, come back, leave, are told again too late, are erased."""
    told: list[Event] = []
    for one in range(number):
        who: dict[str, Any] = {"person_id": f"p{one}", "programme_id": "cairn"}
        side = {"mentor": MENTOR} if one % 3 == 0 else {"mentee": MENTEE}
        told.append(PersonRegistered(**who, version=1, locale="en", **side))
        if one % 4 == 0:
            told.append(PersonChanged(**who, version=3, locale="es", mentee=MENTEE, mentor=replace(MENTOR, capacity=1)))
            told.append(PersonChanged(**who, version=2, locale="fr", **side))
        if one % 5 == 0:
            told += [PersonPaused(**who, version=4, until=UNTIL), PersonResumed(**who, version=5)]
        if one % 7 == 0:
            told.append(PersonLeft(**who, version=6))
        if one % 6 == 0:
            told.append(PersonErased(**who, version=7))
            told.append(PersonChanged(**who, version=8, locale="en", **side))
    return told


def contacts(number: int) -> list[Event]:
    """What profiles tells of how people can be reached, and that they want to sign in."""
    told: list[Event] = []
    for one in range(number):
        who: dict[str, Any] = {"person_id": f"p{one}", "programme_id": "cairn"}
        if one % 4 == 1:
            told.append(SignInAsked(**who, request_id=f"r{one}", expires_at=UNTIL))
        told.append(
            ContactChanged(
                **who, version=1 + one % 3, locale="ar", time_zone="UTC", messages_consent=True, sealed="k1.x"
            )
        )
        if one % 3 == 0:
            told.append(
                ContactChanged(**who, version=2, locale="fr", time_zone="UTC", messages_consent=False, sealed="k1.y")
            )
    return told


def matches(number: int) -> list[Event]:
    """What the matcher tells of matches, some of them cut short, some told late or twice."""
    told: list[Event] = []
    for one in range(number):
        who: dict[str, Any] = {
            "match_id": f"m{one}",
            "programme_id": "cairn",
            "mentee_id": f"p{one}",
            "mentor_id": f"p{one + 1}",
        }
        life: list[Event] = [
            MatchProposed(**who, round_id="r", answer_by=UNTIL, reasons=WHY),
            MatchReminderDue(**who, waiting_for="mentor", answer_by=UNTIL),
            MatchAccepted(**who, confirm_by=UNTIL, reasons=WHY),
            MatchActivated(**who, waited_seconds=60 + one),
            MatchEnded(**who, cause="completed", was="active"),
        ]
        cut = (MatchDeclined(**who, by="mentee"), MatchExpired(**who, waiting_for="mentor"), *life[:1])
        told += [*life[: 1 + one % 5], cut[one % 3]]
    return told


# What each service hears, and how many statements a batch of all of it may take at most.
HEARD: list[tuple[Service[Any, Any], Callable[[int], list[Event]], int]] = [
    (MATCHER, people, 200),
    (NOTIFICATIONS, people, 200),
    (NOTIFICATIONS, contacts, 40),
    (NOTIFICATIONS, matches, 40),
    (PROFILES, matches, 40),
]
NAMES = [f"{service.name} {told.__name__}" for service, told, _ in HEARD]
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture(params=DATABASES)
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Service[Any, Any]], Hearing]]:
    opened: list[Hearing] = []

    def open_(service: Service[Any, Any]) -> Hearing:
        sqlite = f"sqlite:///{tmp_path}/{len(opened)}.db"
        opened.append(Hearing(service, stack.postgres_url() if request.param == "postgres" else sqlite))
        return opened[-1]

    yield open_
    for hearing in opened:
        hearing.close()


@pytest.mark.parametrize(("service", "told", "most"), HEARD, ids=NAMES)
def test_a_batch_ends_as_if_each_event_had_been_heard_alone(
    new: Callable[[Service[Any, Any]], Hearing],
    service: Service[Any, Any],
    told: Callable[[int], list[Event]],
    most: int,
) -> None:
    alone, together = new(service), new(service)
    for hearing in (alone, together):
        prepare(hearing)
    heard = alone.events(*told(30))
    alone.hear(heard)
    together.statements = 0
    together.hear(heard, together=len(heard))
    assert together.statements <= most
    assert together.holds() == alone.holds()
    together.hear(heard, together=7)  # all of it comes again
    assert together.holds() == alone.holds()


def prepare(hearing: Hearing) -> None:
    """Let profiles know the people that it is to introduce."""
    if hearing.service is not PROFILES:
        return
    with hearing.parts.uow.begin() as store:
        for one in range(25):  # the others have left
            contact = Contact(email=f"p{one}@example.org")
            mentee = MenteeSide(facts=MENTEE)
            known = Person(
                id=f"p{one}",
                programme_id="cairn",
                locale="en",
                time_zone="UTC",
                contact=contact,
                created_at=AT,
                mentee=mentee,
            )
            store.people.add(replace(known, version=1))
