"""The facts that the matcher gets from a sign-up body, without running the services: for tests and benchmarks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from deploy.demo.population import Body, Programme
from services.events.facts import MenteeFacts, MentorFacts
from services.matcher.domain.candidates import Mentee, Mentor
from services.profiles.api.translate import mentee_side, mentor_side


def pool_of(
    people: Programme, *, at: datetime = datetime(2025, 6, 2, 12, tzinfo=UTC), programme: str = "cairn"
) -> tuple[tuple[Mentee, ...], tuple[Mentor, ...]]:
    """All people are signed up, mentors approved and trained, mentees waiting for up to a month."""
    mentees = tuple(
        Mentee(id=f"e{n:06d}", programme=programme, facts=mentee_facts(body, _waiting_since(n, at)))
        for n, body in enumerate(people.mentees)
    )
    mentors = tuple(
        Mentor(id=f"m{n:06d}", programme=programme, facts=mentor_facts(body, at.date() + timedelta(days=365)))
        for n, body in enumerate(people.mentors)
    )
    return mentees, mentors


def mentee_facts(body: Body, waiting_since: datetime) -> MenteeFacts:
    """Return the facts of a mentee from their sign-up body."""
    return mentee_side(_with_minutes(body), waiting_since).facts


def mentor_facts(body: Body, trained_until: date) -> MentorFacts:
    """Return the facts of an approved and trained mentor from their application body."""
    applied = mentor_side(_with_minutes(body), datetime.min.replace(tzinfo=UTC)).facts
    return replace(applied, approved=True, trained_until=trained_until)


def _with_minutes(body: Body) -> Body:
    """Return a body with its times as minutes after midnight, as the API's schemas load them."""
    availability = body["availability"]
    windows = [
        {"day": window["day"], "start": _minutes(window["start"]), "end": _minutes(window["end"])}
        for window in availability["windows"]
    ]
    return body | {"availability": availability | {"windows": windows}}


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _waiting_since(number: int, at: datetime) -> datetime:
    return at - timedelta(hours=Random(f"waiting:{number}").randint(0, 24 * 30))
