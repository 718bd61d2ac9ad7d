"""How each event from profiles changes a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.events import profiles
from services.events.facts import MenteeFacts, MentorFacts, Spoken
from services.matcher.domain.known_person import KnownPerson, apply_event, may_be_proposed

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
EN = (Spoken(tag="en", level="fluent"),)
MENTEE = MenteeFacts(waiting_since=NOW, languages=EN, relation="self", diabetes_type="t1d")
MENTOR = MentorFacts(languages=EN, relations=("self",), diabetes_types=("t1d",), approved=True)


def known(version: int = 3) -> KnownPerson:
    return KnownPerson(person_id="p", programme_id="cairn", version=version, locale="en", mentee=MENTEE, mentor=MENTOR)


def event(kind: type[Any], version: int, **more: object) -> Any:
    return kind(person_id="p", programme_id="cairn", version=version, **more)


def test_a_new_person_is_stored_with_all_facts() -> None:
    person = apply_event(None, event(profiles.PersonRegistered, 1, locale="es", mentee=MENTEE))
    assert person is not None
    assert (person.locale, person.mentee, person.mentor, person.standing) == ("es", MENTEE, None, "here")


@pytest.mark.parametrize("version", [1, 3])
def test_an_event_of_an_old_version_changes_nothing(version: int) -> None:
    assert apply_event(known(3), event(profiles.PersonChanged, version, locale="fr")) is None
    assert apply_event(known(3), event(profiles.PersonLeft, version)) is None


def test_a_break_and_its_end() -> None:
    until = NOW + timedelta(days=7)
    paused = apply_event(known(), event(profiles.PersonPaused, 4, until=until))
    assert paused is not None
    assert (paused.standing, paused.paused_until, paused.mentee) == ("paused", until, MENTEE)
    back = apply_event(paused, event(profiles.PersonResumed, 5))
    assert back is not None
    assert (back.standing, back.paused_until) == ("here", None)


def test_a_person_who_left_has_no_facts() -> None:
    gone = apply_event(known(), event(profiles.PersonLeft, 4))
    assert gone is not None
    assert (gone.standing, gone.mentee, gone.mentor) == ("left", None, None)


def test_only_an_event_with_the_whole_state_counts_for_an_unknown_person() -> None:
    assert apply_event(None, event(profiles.PersonPaused, 4)) is None
    assert apply_event(None, event(profiles.PersonResumed, 4)) is None
    assert apply_event(None, event(profiles.PersonLeft, 4)) is None


@pytest.mark.parametrize(
    ("facts", "standing", "may"),
    [
        ({}, "here", True),
        ({"approved": False}, "here", False),
        ({}, "paused", False),
        ({"trained_until": date(2030, 1, 31)}, "here", True),
        ({"trained_until": date(2030, 1, 30)}, "here", False),
    ],
)
def test_only_present_approved_and_trained_mentors_may_be_proposed(
    facts: dict[str, Any], standing: str, may: bool
) -> None:
    changes: dict[str, Any] = {"standing": standing, "mentor": replace(MENTOR, **facts)}
    mentor = replace(known(), **changes)
    assert may_be_proposed(mentor, NOW) is may
