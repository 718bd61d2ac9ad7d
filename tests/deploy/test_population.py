"""The people of the demonstration: the same for a seed, and such as the public API takes."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import REGIMES, programme
from services.events.validation import mentee_faults, mentor_faults
from services.profiles.api.schemas.sides import MenteeSignUpSchema, MentorApplicationSchema

TODAY = date(2025, 6, 1)


def test_the_same_seed_draws_the_same_people_and_another_seed_others() -> None:
    assert programme(7, 10, 20) == programme(7, 10, 20)
    assert programme(7, 10, 20) != programme(8, 10, 20)


def test_a_larger_programme_begins_with_the_same_people() -> None:
    assert programme(7, 20, 40).mentees[:20] == programme(7, 10, 20).mentees


@pytest.mark.parametrize("seed", [1, 2])
def test_every_body_is_one_that_the_api_takes(seed: int) -> None:
    people = programme(seed, 60, 200)
    for schema, bodies in ((MenteeSignUpSchema(), people.mentees), (MentorApplicationSchema(), people.mentors)):
        assert [found for found in (schema.validate(body) for body in bodies) if found] == []
    mentees, mentors = pool_of(people, at=datetime(2025, 6, 2, tzinfo=UTC))
    assert [fault for one in mentees for fault in mentee_faults(one.facts, TODAY)] == []
    assert [fault for one in mentors for fault in mentor_faults(one.facts, TODAY)] == []


def test_nobody_shares_an_address_with_somebody_else_whatever_their_seed() -> None:
    drawn = [programme(seed, 60, 200) for seed in (1, 2)]
    bodies = [body for people in drawn for body in (*people.mentors, *people.mentees)]
    addresses = Counter(body["contact"]["email"] for body in bodies)
    assert max(addresses.values()) == 1


def test_many_languages_types_stages_and_devices_are_there() -> None:
    people = programme(1, 60, 200).mentees

    def kinds(values: Any) -> int:
        return len(set(values))

    assert kinds(body["languages"][0]["tag"] for body in people) >= 10
    assert kinds(body["diabetes_type"] for body in people) >= 6
    assert kinds(stage["code"] for body in people for stage in body.get("life_stages", ())) >= 8
    assert kinds(device["device_class"] for body in people for device in body.get("devices", ())) >= 5


@pytest.mark.parametrize(("regime", "share"), REGIMES.items())
def test_a_regime_sets_how_many_places_there_are(regime: str, share: float) -> None:
    people = programme(1, 30, 100, regime=regime)
    assert sum(body["capacity"] for body in people.mentors) == round(share * 100)
