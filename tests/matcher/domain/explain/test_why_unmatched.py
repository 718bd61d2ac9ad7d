"""Why somebody waits: one cause, what binds, what they could change, and who competes with them."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.matcher.domain.explain import Crowd, Relaxation, WhyUnmatched, crowd_of, why_unmatched
from services.matcher.domain.features import Pool, Problem, build, read
from services.matcher.domain.people import Mentee, Mentor
from services.matcher.domain.weights import default_weights
from tests.support.people import NOW, a_mentee, a_mentor, asks_about, must, spoken


def a_problem(mentees: Iterable[Mentee], mentors: Iterable[Mentor]) -> Problem:
    return build(read(Pool(tuple(mentees), tuple(mentors), NOW, default_weights())))


def why(mentee: Mentee, *mentors: Mentor) -> WhyUnmatched:
    return why_unmatched(a_problem([mentee], mentors), 0)


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


def crowd(mentees: list[Mentee], mentors: list[Mentor], made: dict[str, str], who: str) -> Crowd | None:
    rows = {one.id: row for row, one in enumerate(mentors)}
    mentor_of = [rows[made[one.id]] if one.id in made else -1 for one in mentees]
    return crowd_of(a_problem(mentees, mentors), mentor_of, [one.id for one in mentees].index(who))


def test_three_people_share_only_two_places_of_spanish_speakers() -> None:
    spanish: dict[str, Any] = {"languages": spoken("es")}
    mentees = [a_mentee("a", **spanish), a_mentee("b", **spanish), a_mentee("c", **spanish), a_mentee("d")]
    mentors = [a_mentor("ines", capacity=2, **spanish), a_mentor("alex"), a_mentor("kim")]
    told = crowd(mentees, mentors, {"a": "ines", "b": "ines", "d": "alex"}, "c")
    assert told == Crowd(
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
