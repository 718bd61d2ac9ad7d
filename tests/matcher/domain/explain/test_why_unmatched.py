"""Why a mentee waits: the cause, the rules that bind, relaxations, and the bottleneck."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.explain import Bottleneck, Relaxation, WhyUnmatched, awaited, bottleneck_of, why_unmatched
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.round import solve_pool
from services.matcher.domain.weights import Weights, default_weights
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot, asks_about, must, spoken, weights


def a_problem(mentees: Iterable[Mentee], mentors: Iterable[Mentor], given: Weights | None = None) -> WeightedPool:
    return weigh_pool(Pool(tuple(mentees), tuple(mentors), NOW, given or default_weights()))


def why(mentee: Mentee, *mentors: Mentor, given: Weights | None = None) -> WhyUnmatched:
    return why_unmatched(a_problem([mentee], mentors, given), 0)


def test_places_given_to_others_give_the_cause_shortage() -> None:
    reason = why(a_mentee(), a_mentor("a"), a_mentor("b", taken=1), a_mentor("c", languages=spoken("es")))
    assert (reason.cause, reason.suitable, reason.free) == ("shortage", 2, 1)


def test_full_suitable_mentors_give_the_cause_capacity() -> None:
    reason = why(a_mentee(), a_mentor("a", taken=1))
    assert (reason.cause, reason.rules, reason.suitable) == ("capacity", ("places",), 1)


def test_mentors_who_wait_for_approval_give_the_cause_capacity() -> None:
    reason = why(a_mentee(), a_mentor("a", approved=False))
    assert (reason.cause, reason.rules) == ("capacity", ("ready",))


def test_the_smallest_relaxation_is_named_with_the_mentors_it_opens() -> None:
    mentee = a_mentee(musts=(must("gender", "woman"),), devices=(asks_about("aid"),), formats=("phone",))
    reason = why(
        mentee,
        a_mentor("needs_two", gender="man"),
        a_mentor("needs_one", gender="woman"),
        a_mentor("also_one", gender="woman"),
        a_mentor("other_language", languages=spoken("es")),
    )
    assert reason.cause == "hard_rule"
    assert reason.relaxations == (Relaxation(rules=("device",), mentors=2),)


@pytest.mark.parametrize(
    ("mentors", "rules"),
    [
        ([a_mentor(languages=spoken("es"))], ("language",)),
        (
            [a_mentor(relations=("parent",)), a_mentor("b", languages=spoken("es"), relations=("parent",))],
            ("relation",),
        ),
        ([], ("no_mentors",)),
    ],
)
def test_a_pool_without_a_possible_mentor_gives_never_possible(mentors: list[Mentor], rules: tuple[str, ...]) -> None:
    reason = why(a_mentee(musts=(must("gender", "woman"),)), *mentors)
    assert (reason.cause, reason.rules, reason.relaxations) == ("never_possible", rules, ())


def test_a_must_for_another_relation_is_a_relaxation() -> None:
    reason = why(a_mentee(musts=(must("relation", "parent"),)), a_mentor("a"), a_mentor("b"))
    assert (reason.cause, reason.rules) == ("hard_rule", ("must:relation",))
    assert reason.relaxations == (Relaxation(rules=("must:relation",), mentors=2),)


def test_dropping_a_relation_is_not_offered_where_it_opens_no_mentor() -> None:
    """Without the must the usual rule applies, and a partner does not match a mentee who lives with diabetes."""
    reason = why(a_mentee(musts=(must("relation", "parent"),)), a_mentor("a", relations=("partner",)))
    assert (reason.cause, reason.rules, reason.relaxations) == ("never_possible", ("relation",), ())


def test_of_two_relations_asked_for_one_is_enough() -> None:
    asks = a_mentee(musts=(must("relation", "parent"), must("relation", "partner")))
    assert why(asks, a_mentor("a", relations=("parent",))).suitable == 1
    reason = why(asks, a_mentor("a", relations=("self",)))
    assert (reason.cause, reason.rules) == ("hard_rule", ("must:relation",))
    assert reason.relaxations == (Relaxation(rules=("must:relation",), mentors=1),)


def test_every_relaxation_opens_as_many_mentors_as_it_states() -> None:
    """Apply every relaxation of musts that is offered in some hundred small pools."""
    dice, tried = Random(7), 0
    for _ in range(300):
        wishes = [must("relation", r) for r in ("parent", "partner")] + [must("gender", g) for g in ("woman", "man")]
        mentee = a_mentee(relation=dice.choice(("self", "carer")), musts=tuple(dice.sample(wishes, dice.randint(1, 3))))
        mentors = [
            a_mentor(
                f"m{n}",
                relations=tuple(dice.sample(("self", "parent", "partner"), dice.randint(1, 2))),
                gender=dice.choice(("man", "woman", None)),
                languages=spoken(dice.choice(("en", "en", "es"))),
            )
            for n in range(dice.randint(1, 4))
        ]
        for relaxation in why(mentee, *mentors).relaxations:
            kept = tuple(wish for wish in mentee.facts.musts if f"must:{wish.criterion}" not in relaxation.rules)
            freed = replace(mentee, facts=replace(mentee.facts, musts=kept))
            assert why(freed, *mentors).suitable == relaxation.mentors, (mentee, relaxation)
            tried += 1
    assert tried > 80


def test_a_bottleneck_is_found_under_a_quality_floor() -> None:
    """The floor is checked pair by pair, for one mentee with several mentors at once."""
    mentees = [a_mentee(name) for name in ("a", "b", "c")]
    solved = solve_pool(a_snapshot(mentees, [a_mentor("x"), a_mentor("y")], weights(quality_floor=20)))
    (left,) = [row for row, mentor in enumerate(solved.answer.mentor_of) if mentor < 0]
    crowd = bottleneck_of(solved.problem, solved.answer.mentor_of, left)
    assert crowd is not None
    assert (len(crowd.mentees), crowd.mentors, crowd.places) == (3, ("x", "y"), 2)


def test_the_request_shape_is_a_relaxation() -> None:
    reason = why(a_mentee(request_shape="long_haul"), a_mentor("a", request_shapes=("one_thing",)))
    assert (reason.cause, reason.rules) == ("hard_rule", ("request_shape",))
    assert reason.relaxations == (Relaxation(rules=("request_shape",), mentors=1),)


def test_a_wish_and_mentors_who_are_not_ready_are_both_named() -> None:
    asks = a_mentee(musts=(must("gender", "woman"),))
    reason = why(asks, a_mentor("a", gender="man", approved=False), a_mentor("b", languages=spoken("es")))
    assert (reason.cause, reason.rules) == ("hard_rule", ("must:gender", "ready"))
    assert reason.relaxations == (Relaxation(rules=("must:gender",), mentors=1, awaits=("ready",)),)


def test_waiting_for_a_mentor_to_be_ready_comes_before_dropping_a_wish() -> None:
    asks = a_mentee(musts=(must("gender", "woman"),))
    unready = [a_mentor(f"m{n}", gender="man", approved=False) for n in range(3)]
    reason = why(asks, *unready, a_mentor("w", gender="woman", approved=False))
    assert (reason.cause, reason.rules, reason.relaxations) == ("capacity", ("ready",), ())


def test_a_fit_below_the_floor_gives_the_cause_capacity() -> None:
    reason = why(a_mentee(), a_mentor("a", approved=False), given=weights(quality_floor=99))
    assert (reason.cause, reason.rules) == ("capacity", ("quality_floor", "ready"))
    reason = why(a_mentee(), a_mentor("a"), given=weights(quality_floor=99))
    assert (reason.cause, reason.rules) == ("capacity", ("quality_floor",))


def test_no_relaxation_is_offered_where_the_floor_would_still_exclude_every_mentor() -> None:
    asks = a_mentee(musts=(must("gender", "woman"),))
    reason = why(asks, a_mentor("a", gender="man"), given=weights(quality_floor=99))
    assert (reason.cause, reason.rules, reason.relaxations) == ("hard_rule", ("must:gender", "quality_floor"), ())


@pytest.mark.parametrize(
    ("rules", "what"),
    [(("places",), "places"), (("ready",), "ready"), (("quality_floor", "ready"), "quality_floor"), ((), "places")],
)
def test_a_wait_for_capacity_names_what_is_awaited(rules: tuple[str, ...], what: str) -> None:
    assert awaited(rules) == what


def crowd(mentees: list[Mentee], mentors: list[Mentor], made: dict[str, str], mentee_id: str) -> Bottleneck | None:
    rows = {person.id: row for row, person in enumerate(mentors)}
    mentor_of = [rows[made[person.id]] if person.id in made else -1 for person in mentees]
    return bottleneck_of(a_problem(mentees, mentors), mentor_of, [person.id for person in mentees].index(mentee_id))


def test_three_people_share_only_two_places_of_spanish_speakers() -> None:
    spanish: dict[str, Any] = {"languages": spoken("es")}
    mentees = [a_mentee("a", **spanish), a_mentee("b", **spanish), a_mentee("c", **spanish), a_mentee("d")]
    mentors = [a_mentor("ines", capacity=2, **spanish), a_mentor("alex"), a_mentor("kim")]
    found = crowd(mentees, mentors, {"a": "ines", "b": "ines", "d": "alex"}, "c")
    assert found == Bottleneck(
        mentees=("a", "b", "c"),
        mentors=("ines",),
        places=2,
        have_in_common=(("diabetes_type", "t1d"), ("language", "es"), ("relation", "self")),
    )


def test_a_bottleneck_includes_rivals_of_rivals() -> None:
    both = spoken("en", "es")
    mentees = [a_mentee("a", languages=both), a_mentee("b"), a_mentee("c", languages=spoken("es"))]
    mentors = [a_mentor("ines", languages=spoken("es")), a_mentor("alex")]
    found = crowd(mentees, mentors, {"a": "ines", "b": "alex"}, "c")
    assert found is not None
    assert (found.mentees, found.mentors, found.places) == (("a", "b", "c"), ("alex", "ines"), 2)


def test_there_is_no_bottleneck_where_a_free_place_can_be_reached() -> None:
    mentees = [a_mentee("a"), a_mentee("b")]
    assert crowd(mentees, [a_mentor("alex"), a_mentor("kim")], {"a": "alex"}, "b") is None
