from dataclasses import replace
from typing import Any

import pytest

from services.events.facts import Must
from services.events.vocabulary import codes
from services.matcher.domain.hard_rules.conditions import CLEARED, has, meeting, rule_of
from services.matcher.domain.insights.recruitment import Funnel, Kind, gaps, ordinary
from services.matcher.domain.round import run_round
from tests.support.people import a_mentee, a_mentor, a_snapshot, asks_about, must, spoken

RECRUITS = [f"~recruit-{n}" for n in range(20)]


def test_the_first_recruit_matches_most_people() -> None:
    spanish = [a_mentee(f"s{n}", languages=spoken("es")) for n in range(3)]
    french = [a_mentee("f", languages=spoken("fr"))]
    found = gaps(a_snapshot([*spanish, *french], [a_mentor("alex")]), places=2)
    assert [(recruit.kind.language, recruit.waiting, recruit.more_matched) for recruit in found.recruits] == [
        ("es", 3, 2),
        ("fr", 1, 1),
    ]
    assert found.idle == ((Kind("en", "t1d", "self", None), 1),)


@pytest.mark.parametrize(("shape", "left"), [(None, 3), ("one_thing", 2), ("long_haul", 0)])
def test_places_that_a_mentors_hours_rule_out_are_not_idle(shape: str | None, left: int) -> None:
    """Three hours a month allow one long haul, so a mentor who takes only long hauls cannot use more places."""
    only = {"long_haul": ("long_haul",)}.get(shape or "", ())
    mentees = [a_mentee(request_shape=shape)] if shape else []
    found = gaps(a_snapshot(mentees, [a_mentor(capacity=3, hours_per_month=3, request_shapes=only)]))
    assert sum(places for _, places in found.idle) == left


def test_each_kind_is_listed_once_with_its_curve() -> None:
    spanish = [a_mentee(f"s{n}", languages=spoken("es")) for n in range(14)]
    french = [a_mentee(f"f{n}", languages=spoken("fr")) for n in range(3)]
    found = gaps(a_snapshot([*spanish, *french], [a_mentor("alex")]), places=2)
    assert [(recruit.kind.language, recruit.places, recruit.curve) for recruit in found.recruits] == [
        ("es", 2, ((1, 2), (5, 10), (10, 14))),
        ("fr", 2, ((1, 2), (5, 3), (10, 3))),
    ]


def test_the_whole_curve_holds_when_the_mentors_join() -> None:
    tongues = [("es", "fr"), ("es",), ("fr",), ("en",)]
    mentees = [a_mentee(f"p{n}", languages=spoken(*tongues[n % 4])) for n in range(30)]
    pool = a_snapshot(mentees, [a_mentor("alex", capacity=3)])
    first = gaps(pool, recruits=1).recruits[0]
    for point in first.curve:
        new = [ordinary(first.kind, pool, first.places, number) for number in range(point.mentors)]
        joined = replace(pool, mentors=(*pool.mentors, *new))
        assert len(run_round(joined).proposals) - len(run_round(pool).proposals) == point.more_matched
    worth = [point.more_matched for point in first.curve]
    assert worth == sorted(worth)


@pytest.mark.parametrize("asked", [(), ("aid",), ("cgm_rt",), ("cgm_rt", "aid")])
def test_a_required_model_comes_with_its_class(asked: tuple[str, ...]) -> None:
    devices = tuple(asks_about(one) for one in asked)
    pool = a_snapshot([a_mentee("a", devices=devices, musts=(must("device_model", "omnipod_5"),))], [])
    (first,) = gaps(pool, recruits=1).recruits
    assert (first.kind.device_class, first.more_matched) == ("aid", 1)
    lived = ordinary(first.kind, pool, 1, 0).facts.devices
    assert [one.device_class for one in lived if one.model == "omnipod_5"] == ["aid"]
    assert {one.device_class for one in lived} == {"aid"} | set(asked[:1] if "aid" not in asked else ())


def test_the_predicted_matches_are_made_when_the_mentor_joins() -> None:
    mentees = [a_mentee("a", devices=(asks_about("aid"),)), a_mentee("b", devices=(asks_about("aid"),))]
    pool = a_snapshot(mentees, [a_mentor("alex")])
    (first,) = gaps(pool, recruits=1, places=2).recruits
    joined = replace(pool, mentors=(*pool.mentors, ordinary(first.kind, pool, 2, 0)))
    assert len(run_round(joined).proposals) - len(run_round(pool).proposals) == first.more_matched == 2
    assert first.kind.device_class == "aid"


def test_a_pool_without_waiting_mentees_needs_no_recruits() -> None:
    assert gaps(a_snapshot([a_mentee()], [a_mentor()])).recruits == ()


def test_a_programmes_own_funnel_gives_the_invitations() -> None:
    (one,) = gaps(a_snapshot([a_mentee()], []), recruits=1, funnel=Funnel(appointed=2, invited=39)).recruits
    assert one.invitations == 20


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"minor": True}, "cleared"),
        ({"musts": (must("gender", "woman"),)}, "must:gender"),
        ({"musts": (must("gender", "woman"), must("gender", "nonbinary"))}, "must:gender"),
        ({"musts": (must("device_class", "diy_aid"),)}, "must:device_class"),
        ({"musts": (must("device_model", "omnipod_5"),)}, "must:device_model"),
        ({"musts": (must("life_stage", "pregnant"),)}, "must:life_stage"),
        ({"musts": (must("language", "cy"),), "languages": spoken("en", "cy")}, "must:language"),
    ],
)
def test_a_condition_that_no_mentor_meets_is_a_gap(facts: dict[str, Any], rule: str) -> None:
    pool = a_snapshot([a_mentee(f"p{n}", **facts) for n in range(6)], [a_mentor("alex", capacity=9)])
    first = gaps(pool, places=4).recruits[0]
    assert (first.waiting, first.more_matched) == (6, 4)
    assert [rule_of(condition) for condition in first.kind.conditions] == [rule]
    joined = replace(pool, mentors=(*pool.mentors, ordinary(first.kind, pool, 4, 0)))
    assert len(run_round(joined).proposals) == 4, "the prediction holds"


def test_several_conditions_are_met_by_one_mentor() -> None:
    both: dict[str, Any] = {"minor": True, "musts": (must("gender", "woman"), must("device_model", "omnipod_5"))}
    (first,) = gaps(a_snapshot([a_mentee("a", **both)], []), recruits=1).recruits
    assert [rule_of(one) for one in first.kind.conditions] == ["must:device_model", "must:gender", "cleared"]
    assert first.more_matched == 1


@pytest.mark.parametrize(
    "condition",
    [must("relation", "parent"), must("relation", "any"), must("format", "phone"), must("diabetes_type", "t2d")],
)
def test_a_must_that_an_ordinary_mentor_of_the_kind_meets_is_no_condition(condition: Must) -> None:
    pool = a_snapshot([a_mentee("a", diabetes_type="lada", musts=(condition,))], [])
    (first,) = gaps(pool, recruits=1).recruits
    assert (first.kind.conditions, first.more_matched) == ((), 1)


def test_a_few_people_with_a_condition_are_found_among_many_without() -> None:
    """One more mentor cannot help anyone else, since the many people exclude every recruit."""
    tongues = ("es", "fr", "de", "pt", "it", "pl")
    many = [a_mentee(f"{tag}{n}", languages=spoken(tag), excluded=RECRUITS) for tag in tongues for n in range(3)]
    minors = [a_mentee(f"m{n}", minor=True) for n in range(2)]
    found = gaps(a_snapshot([*many, *minors], [a_mentor("alex", capacity=9)]))
    assert [(one.kind.conditions, one.waiting, one.more_matched) for one in found.recruits] == [((CLEARED,), 2, 2)]


def test_the_best_recruit_for_each_condition_is_listed_separately() -> None:
    many = [a_mentee(f"{tag}{n}", languages=spoken(tag)) for tag in ("en", "es", "fr") for n in range(9)]
    few = [a_mentee(f"w{n}", musts=(must("gender", "woman"),)) for n in range(2)]
    minor = a_mentee("minor", minor=True, musts=(must("gender", "woman"),))
    found = gaps(a_snapshot([*many, *few, minor], []), places=2, recruits=2)
    assert [recruit.kind.conditions for recruit in found.recruits] == [(), ()]
    best = [(rule_of(one.kind.conditions[-1]), one.waiting, one.more_matched) for one in found.for_conditions]
    assert best == [("must:gender", 2, 2), ("cleared", 1, 2)], "a woman who is cleared helps others as well"


def test_minors_and_adults_need_different_kinds() -> None:
    mentees = [a_mentee(f"p{n}", minor=n < 6) for n in range(12)]
    found = gaps(a_snapshot(mentees, []), recruits=2, places=6)
    assert {recruit.kind.conditions for recruit in found.recruits} == {(), (CLEARED,)}
    assert all((recruit.waiting, recruit.more_matched) == (6, 6) for recruit in found.recruits)


@pytest.mark.parametrize("criterion", codes("must"))
def test_every_condition_can_be_met_by_a_recruit(criterion: str) -> None:
    condition = (criterion, ({"language": "cy", "device_model": "omnipod_5"}.get(criterion) or codes(criterion)[-1],))
    kim = a_mentor(formats=("chat",))
    assert not has(kim, condition)
    assert has(replace(kim, facts=meeting(kim.facts, condition)), condition)
