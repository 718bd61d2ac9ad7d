"""The facts that the matcher gets from a sign-up body, without running the services: for tests and benchmarks."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from deploy.demo.population import Body, Programme
from services.events.facts import DeviceInterest, DeviceLived, LifeStage, MenteeFacts, MentorFacts, Must, Spoken, Window
from services.matcher.domain.candidates import Mentee, Mentor


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
    return MenteeFacts(
        waiting_since=waiting_since,
        **_both(body),
        relation=body["relation"],
        diabetes_type=body["diabetes_type"],
        devices=tuple(DeviceInterest(**item) for item in body.get("devices", ())),
        life_stages=tuple(LifeStage(**item) for item in body.get("life_stages", ())),
        request_shape=body.get("request_shape", "a_few_chats"),
        matters_most=tuple(body.get("matters_most", ())),
        musts=tuple(Must(**item) for item in body.get("musts", ())),
        only_support_is_self=body.get("support") == ["only_myself"],
        never_met_a_peer=body.get("ever_met_a_peer") is False,
        digital_comfort=body.get("digital_comfort"),
    )


def mentor_facts(body: Body, trained_until: date) -> MentorFacts:
    """Return the facts of an approved and trained mentor from their application body."""
    return MentorFacts(
        **_both(body),
        approved=True,
        trained_until=trained_until,
        relations=tuple(body["relations"]),
        diabetes_types=tuple(body["diabetes_types"]),
        devices=tuple(DeviceLived(**item) for item in body.get("devices", ())),
        life_stages=tuple(body.get("life_stages", ())),
        request_shapes=tuple(body.get("request_shapes", ())),
        capacity=body.get("capacity", 1),
        hours_per_month=body.get("hours_per_month"),
        also_clinician=body.get("also_clinician", False),
    )


def _both(body: Body) -> dict[str, Any]:
    availability = body.get("availability", {})
    return {
        "languages": tuple(Spoken(**item) for item in body["languages"]),
        "diagnosed": body.get("diagnosed"),
        "situations": tuple(body.get("situations", ())),
        "goals": tuple(body.get("goals", ())),
        "topics": tuple(body.get("topics", ())),
        "formats": tuple(body.get("formats", ())),
        "availability": tuple(_window(window) for window in availability.get("windows", ())),
        "time_zone": availability.get("time_zone", "UTC"),
        "gender": body.get("gender"),
        "age_band": body.get("age_band"),
        "diagnosis_age_band": body.get("diagnosis_age_band"),
        "culture": tuple(body.get("culture", ())),
        "styles": tuple(body.get("styles", ())),
    }


def _window(body: Body) -> Window:
    return Window(day=body["day"], start=_minutes(body["start"]), end=_minutes(body["end"]))


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _waiting_since(number: int, at: datetime) -> datetime:
    return at - timedelta(hours=Random(f"waiting:{number}").randint(0, 24 * 30))
