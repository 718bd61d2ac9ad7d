"""Why somebody waits: one cause, what binds, what they could change, and who competes with them."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.explain import Bottleneck, Relaxation, WhyUnmatched, awaited, bottleneck_of, why_unmatched
from services.matcher.domain.formulation.round_problem import RoundProblem, round_problem
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.round import solve_pool
from services.matcher.domain.weights import Weights, default_weights
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot, asks_about, must, spoken, weights


def a_problem(mentees: Iterable[Mentee], mentors: Iterable[Mentor], given: Weights | None = None) -> RoundProblem:
    return round_problem(weigh_pool(Pool(tuple(mentees), tuple(mentors), NOW, given or default_weights())))


def why(mentee: Mentee, *mentors: Mentor, given: Weights | None = None) -> WhyUnmatched:
    return why_unmatched(a_problem([mentee], mentors, given), 0)


def test_all_places_of_suitable_mentors_went_to_others() -> None:
    told = why(a_mentee(), a_mentor("a"), a_mentor("b", taken=1), a_mentor("c", languages=spoken("es")))
    assert (told.cause, told.suitable, told.free) == ("shortage", 2, 1)


def test_suitable_mentors_are_there_but_full() -> None:
    told = why(a_mentee(), a_mentor("a", taken=1))
    assert (told.cause, told.rules, told.suitable) == ("capacity", ("places",), 1)


def test_a_mentor_who_waits_for_approval_is_a_matter_of_capacity() -> None:
    told = why(a_mentee(), a_mentor("a", approved=False))
    assert (told.cause, told.rules) == ("capacity", ("ready",))


def test_the_smallest_wish_to_let_go_of_is_named_with_what_it_opens() -> None:
    mentee = a_mentee(musts=(must("gender", "woman"),), devices=(asks_about("aid"),), formats=("phone",))
    told = why(
        mentee,
        a_mentor("needs_two", gender="man"),
        a_mentor("needs_one", gender="woman"),
        a_mentor("also_one", gender="woman"),
        a_mentor("other_language", languages=spoken("es")),
    )
    assert told.cause == "hard_rule"
    assert told.relaxations == (Relaxation(rules=("device",), mentors=2),)


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
def test_nobody_in_the_pool_could(mentors: list[Mentor], rules: tuple[str, ...]) -> None:
    told = why(a_mentee(musts=(must("gender", "woman"),)), *mentors)
    assert (told.cause, told.rules, told.relaxations) == ("never_possible", rules, ())


def test_a_wish_for_another_relation_is_the_persons_own_to_let_go() -> None:
    told = why(a_mentee(musts=(must("relation", "parent"),)), a_mentor("a"), a_mentor("b"))
    assert (told.cause, told.rules) == ("hard_rule", ("must:relation",))
    assert told.relaxations == (Relaxation(rules=("must:relation",), mentors=2),)


def test_letting_go_of_a_relation_is_not_offered_where_it_opens_nobody() -> None:
    """Without the wish the usual rule is back, and partners are not for somebody who lives with diabetes."""
    told = why(a_mentee(musts=(must("relation", "parent"),)), a_mentor("a", relations=("partner",)))
    assert (told.cause, told.rules, told.relaxations) == ("never_possible", ("relation",), ())


def test_of_two_relations_asked_for_one_is_enough() -> None:
    asks = a_mentee(musts=(must("relation", "parent"), must("relation", "partner")))
    assert why(asks, a_mentor("a", relations=("parent",))).suitable == 1
    told = why(asks, a_mentor("a", relations=("self",)))
    assert (told.cause, told.rules) == ("hard_rule", ("must:relation",))
    assert told.relaxations == (Relaxation(rules=("must:relation",), mentors=1),)


def test_what_letting_go_would_open_is_what_it_opens() -> None:
    """Every relaxation of musts that is offered in some hundred small pools, tried out."""
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
        for one in why(mentee, *mentors).relaxations:
            kept = tuple(wish for wish in mentee.facts.musts if f"must:{wish.criterion}" not in one.rules)
            freed = replace(mentee, facts=replace(mentee.facts, musts=kept))
            assert why(freed, *mentors).suitable == one.mentors, (mentee, one)
            tried += 1
    assert tried > 80


def test_a_crowd_is_found_under_a_quality_floor_as_well() -> None:
    """The floor is judged pair by pair: one person with several mentors at once."""
    mentees = [a_mentee(name) for name in ("a", "b", "c")]
    solved = solve_pool(a_snapshot(mentees, [a_mentor("x"), a_mentor("y")], weights(quality_floor=20)))
    (left,) = [row for row, mentor in enumerate(solved.answer.mentor_of) if mentor < 0]
    crowd = bottleneck_of(solved.problem, solved.answer.mentor_of, left)
    assert crowd is not None
    assert (len(crowd.mentees), crowd.mentors, crowd.places) == (3, ("x", "y"), 2)


def test_the_shape_of_a_request_is_the_persons_own_to_change() -> None:
    told = why(a_mentee(request_shape="long_haul"), a_mentor("a", request_shapes=("one_thing",)))
    assert (told.cause, told.rules) == ("hard_rule", ("request_shape",))
    assert told.relaxations == (Relaxation(rules=("request_shape",), mentors=1),)


def test_a_wish_and_mentors_who_are_not_ready_are_both_named() -> None:
    asks = a_mentee(musts=(must("gender", "woman"),))
    told = why(asks, a_mentor("a", gender="man", approved=False), a_mentor("b", languages=spoken("es")))
    assert (told.cause, told.rules) == ("hard_rule", ("must:gender", "ready"))
    assert told.relaxations == (Relaxation(rules=("must:gender",), mentors=1, awaits=("ready",)),)


def test_a_mentor_who_only_has_to_be_ready_comes_before_one_who_asks_for_a_sacrifice_as_well() -> None:
    asks = a_mentee(musts=(must("gender", "woman"),))
    unready = [a_mentor(f"m{n}", gender="man", approved=False) for n in range(3)]
    told = why(asks, *unready, a_mentor("w", gender="woman", approved=False))
    assert (told.cause, told.rules, told.relaxations) == ("capacity", ("ready",), ())


def test_a_fit_below_the_floor_is_a_matter_of_the_programme() -> None:
    told = why(a_mentee(), a_mentor("a", approved=False), given=weights(quality_floor=99))
    assert (told.cause, told.rules) == ("capacity", ("quality_floor", "ready"))
    told = why(a_mentee(), a_mentor("a"), given=weights(quality_floor=99))
    assert (told.cause, told.rules) == ("capacity", ("quality_floor",))


def test_no_wish_is_to_be_let_go_of_where_the_floor_would_still_keep_everybody_away() -> None:
    asks = a_mentee(musts=(must("gender", "woman"),))
    told = why(asks, a_mentor("a", gender="man"), given=weights(quality_floor=99))
    assert (told.cause, told.rules, told.relaxations) == ("hard_rule", ("must:gender", "quality_floor"), ())


@pytest.mark.parametrize(
    ("rules", "what"),
    [(("places",), "places"), (("ready",), "ready"), (("quality_floor", "ready"), "quality_floor"), ((), "places")],
)
def test_what_a_wait_for_capacity_waits_for(rules: tuple[str, ...], what: str) -> None:
    assert awaited(rules) == what


def crowd(mentees: list[Mentee], mentors: list[Mentor], made: dict[str, str], who: str) -> Bottleneck | None:
    rows = {one.id: row for row, one in enumerate(mentors)}
    mentor_of = [rows[made[one.id]] if one.id in made else -1 for one in mentees]
    return bottleneck_of(a_problem(mentees, mentors), mentor_of, [one.id for one in mentees].index(who))


def test_three_people_share_only_two_places_of_spanish_speakers() -> None:
    spanish: dict[str, Any] = {"languages": spoken("es")}
    mentees = [a_mentee("a", **spanish), a_mentee("b", **spanish), a_mentee("c", **spanish), a_mentee("d")]
    mentors = [a_mentor("ines", capacity=2, **spanish), a_mentor("alex"), a_mentor("kim")]
    told = crowd(mentees, mentors, {"a": "ines", "b": "ines", "d": "alex"}, "c")
    assert told == Bottleneck(
        mentees=("a", "b", "c"),
        mentors=("ines",),
        places=2,
        have_in_common=(("diabetes_type", "t1d"), ("language", "es"), ("relation", "self")),
    )


def test_the_crowd_grows_along_those_who_could_sit_elsewhere() -> None:
    both = spoken("en", "es")
    mentees = [a_mentee("a", languages=both), a_mentee("b"), a_mentee("c", languages=spoken("es"))]
    mentors = [a_mentor("ines", languages=spoken("es")), a_mentor("alex")]
    told = crowd(mentees, mentors, {"a": "ines", "b": "alex"}, "c")
    assert told is not None
    assert (told.mentees, told.mentors, told.places) == (("a", "b", "c"), ("alex", "ines"), 2)


def test_there_is_no_crowd_where_a_free_place_can_be_reached() -> None:
    mentees = [a_mentee("a"), a_mentee("b")]
    assert crowd(mentees, [a_mentor("alex"), a_mentor("kim")], {"a": "alex"}, "b") is None
