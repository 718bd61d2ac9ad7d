"""Mentors to ask for one more place, compared with rounds in which they have it."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.insights.more_places import MorePlaces, more_places
from services.matcher.domain.round import Snapshot, solve_pool
from tests.support.people import a_mentee, a_mentor, a_snapshot, asks_about, lived_with, must, spoken, weights


def with_one_more(pool: Snapshot, mentor_id: str) -> Snapshot:
    def more(mentor: Mentor) -> Mentor:
        return replace(mentor, facts=replace(mentor.facts, capacity=mentor.facts.capacity + (mentor.id == mentor_id)))

    return replace(pool, mentors=tuple(map(more, pool.mentors)))


def by_solving_again(pool: Snapshot) -> set[str]:
    matched = len(solve_pool(pool).mentor_of)
    return {mentor.id for mentor in pool.mentors if len(solve_pool(with_one_more(pool, mentor.id)).mentor_of) > matched}


def a_pool(seed: int) -> Snapshot:
    dice = Random(seed)
    shapes = ("one_thing", "a_few_chats", "long_haul")
    mentees = [
        a_mentee(
            f"e{n}",
            languages=spoken(*dice.sample(("en", "es", "cy"), dice.randint(1, 2))),
            request_shape=dice.choice(shapes),
            devices=(asks_about("aid"),) if dice.random() < 0.3 else (),
            musts=(must("gender", "woman"),) if dice.random() < 0.2 else (),
        )
        for n in range(dice.randint(2, 14))
    ]
    mentors = []
    for n in range(dice.randint(1, 6)):
        taken = dice.randint(0, 1)
        mentors.append(
            a_mentor(
                f"o{n}",
                languages=spoken(*dice.sample(("en", "es", "cy"), dice.randint(1, 2))),
                capacity=dice.randint(taken, 3),
                taken=taken,
                hours_per_month=dice.choice((None, 2, 3, 4, 6)),
                request_shapes=tuple(dice.sample(shapes, dice.randint(0, 2))),
                devices=(lived_with("aid"),) if dice.random() < 0.5 else (),
                gender=dice.choice(("woman", "man")),
                approved=dice.random() < 0.9,
                paused=dice.random() < 0.1,
            )
        )
    pins = frozenset({Pair("e0", "o0")}) if dice.random() < 0.2 else frozenset[Pair]()
    given = weights(availability="hard") if dice.random() < 0.3 else weights()
    pool = a_snapshot(mentees, mentors, given, pins=pins, blocks=frozenset({Pair("e1", "o0")}))
    return replace(pool, pins=frozenset()) if solve_pool(pool).refused else pool  # a refused pin would take the place


@pytest.mark.parametrize("seed", range(60))
def test_the_mentors_named_are_those_whose_place_matches_one_more_person(seed: int) -> None:
    pool = a_pool(seed)
    assert set(more_places(solve_pool(pool)).mentors) == by_solving_again(pool)


def test_a_place_counts_when_its_chain_ends_with_a_mentee_who_waits() -> None:
    """Alex cannot help Luz; but Sam, moving to Alex, leaves a place with Ines, who can."""
    mentees = [a_mentee("sam", languages=spoken("en", "es")), a_mentee("luz", languages=spoken("es"))]
    dutch = a_mentor("wim", languages=spoken("nl"))
    mentors = [a_mentor("alex", taken=1), a_mentor("ines", languages=spoken("es")), dutch]
    assert set(more_places(solve_pool(a_snapshot(mentees, mentors))).mentors) == {"alex", "ines"}


def test_the_mentor_for_the_longest_wait_comes_first() -> None:
    mentees = [
        a_mentee("new", languages=spoken("es"), waited=timedelta(hours=1)),
        a_mentee("old", languages=spoken("cy"), waited=timedelta(days=40)),
    ]
    mentors = [a_mentor("a", languages=spoken("es"), taken=1), a_mentor("b", languages=spoken("cy"), taken=1)]
    assert more_places(solve_pool(a_snapshot(mentees, mentors))).mentors == ("b", "a")


def test_no_mentor_is_named_without_waiting_mentees_or_without_mentors() -> None:
    assert more_places(solve_pool(a_snapshot([a_mentee()], [a_mentor()]))) == MorePlaces()
    assert more_places(solve_pool(a_snapshot([a_mentee()], []))) == MorePlaces()
    assert more_places(solve_pool(a_snapshot([], [a_mentor(taken=1)]))) == MorePlaces()
