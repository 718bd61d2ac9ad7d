"""The people of the demonstration depend only on the seed, and the public API accepts them."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import REGIMES, programme
from services.events.fact_table import answers_of
from services.events.facts import MenteeFacts, MentorFacts
from services.events.validation import mentee_faults, mentor_faults
from services.profiles.api.schemas.sides import MenteeSignUpSchema, MentorApplicationSchema

TODAY = date(2025, 6, 1)


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert programme(7, 10, 20) == programme(7, 10, 20)
    assert programme(7, 10, 20) != programme(8, 10, 20)


def test_a_larger_programme_begins_with_the_same_people() -> None:
    assert programme(7, 20, 40).mentees[:20] == programme(7, 10, 20).mentees


@pytest.mark.parametrize("seed", [1, 2])
def test_the_api_accepts_every_body(seed: int) -> None:
    people = programme(seed, 60, 200)
    for schema, bodies in ((MenteeSignUpSchema(), people.mentees), (MentorApplicationSchema(), people.mentors)):
        assert [errors for errors in (schema.validate(body) for body in bodies) if errors] == []
    mentees, mentors = pool_of(people, at=datetime(2025, 6, 2, tzinfo=UTC))
    assert [fault for mentee in mentees for fault in mentee_faults(mentee.facts, TODAY)] == []
    assert [fault for mentor in mentors for fault in mentor_faults(mentor.facts, TODAY)] == []


def test_every_answer_that_counts_for_matching_is_given_by_generated_people() -> None:
    people = programme(1, 200, 200)
    for facts, bodies in ((MenteeFacts, people.mentees), (MentorFacts, people.mentors)):
        given = {name for body in bodies for name, value in body.items() if value}
        assert {fact.place.partition(".")[0] for fact in answers_of(facts)} - given == set()


def test_addresses_are_unique_across_seeds() -> None:
    drawn = [programme(seed, 60, 200) for seed in (1, 2)]
    bodies = [body for people in drawn for body in (*people.mentors, *people.mentees)]
    addresses = Counter(body["contact"]["email"] for body in bodies)
    assert max(addresses.values()) == 1


def test_a_programme_has_many_languages_types_stages_and_devices() -> None:
    people = programme(1, 60, 200).mentees

    def kinds(values: Any) -> int:
        return len(set(values))

    assert kinds(body["languages"][0]["tag"] for body in people) >= 10
    assert kinds(body["diabetes_type"] for body in people) >= 6
    assert kinds(stage["code"] for body in people for stage in body.get("life_stages", ())) >= 8
    assert kinds(device["device_class"] for body in people for device in body.get("devices", ())) >= 5


@pytest.mark.parametrize(("regime", "share"), REGIMES.items())
def test_a_regime_sets_the_number_of_places(regime: str, share: float) -> None:
    people = programme(1, 30, 100, regime=regime)
    assert sum(body["capacity"] for body in people.mentors) == round(share * 100)
