"""Ticking more boxes or declaring less availability never pays."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.events.facts import Window
from services.events.vocabulary import codes
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.criteria.weight_shares import WHOLE, boosts, shares
from services.matcher.domain.explain import explain
from services.matcher.domain.weights import criterion_names, default_weights
from tests.matcher.domain.criteria.test_criteria import between
from tests.support.people import NOW, a_mentee, a_mentor, asks_about, lived_with, only, stage, weights

pytestmark = pytest.mark.slow

AXES = {
    "situation": "situation",
    "life_stage": "life_stage",
    "goals": "goal",
    "device": "device_class",
    "topics": "topic",
    "culture": "culture",
    "style": "style",
}
FIELDS = {"situation": "situations", "life_stage": "life_stages", "style": "styles", "device": "devices"}
QUICK = settings(max_examples=40, deadline=None)


def some(axis: str, least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(whole(axis)), min_size=least)


def whole(axis: str) -> tuple[str, ...]:
    return tuple(code for code in codes(axis) if code != "just_looking")


def asking(criterion: str, told: Iterable[str]) -> dict[str, Any]:
    """What a mentee who ticks these says."""
    says: dict[str, Any] = {"life_stage": stage, "device": asks_about}
    ticked = tuple(says.get(criterion, str)(code) for code in sorted(told))
    return {FIELDS.get(criterion, criterion): ticked}


def having(criterion: str, told: Iterable[str]) -> dict[str, Any]:
    """What a mentor who ticks these says."""
    says = lived_with if criterion == "device" else str
    return {FIELDS.get(criterion, criterion): tuple(says(code) for code in sorted(told))}


def worth(criterion: str, asked: Iterable[str], lived: Iterable[str]) -> int:
    """The points of the criterion alone: quicker than a whole explanation."""
    mentee, mentor = a_mentee(**asking(criterion, asked)), a_mentor(**having(criterion, lived))
    pool = Pool((mentee,), (mentor,), NOW, default_weights())
    return int(criteria()[criterion].code(pool).points(np.array([0]), np.array([0]))[0])


@pytest.mark.parametrize("criterion", AXES)
@QUICK
@given(drawn=st.data())
def test_a_box_the_mentor_covers_no_better_never_raises_a_mentee(criterion: str, drawn: st.DataObject) -> None:
    axis = AXES[criterion]
    asked, lived = drawn.draw(some(axis, 1)), drawn.draw(some(axis))
    before = worth(criterion, asked, lived)
    for extra in sorted(set(whole(axis)) - asked):
        if worth(criterion, {extra}, lived) <= before:
            assert worth(criterion, asked | {extra}, lived) <= before


@pytest.mark.parametrize("criterion", AXES)
@QUICK
@given(drawn=st.data())
def test_asking_for_everything_never_beats_asking_for_nothing(criterion: str, drawn: st.DataObject) -> None:
    axis = AXES[criterion]
    lived = drawn.draw(some(axis))
    assert worth(criterion, whole(axis), lived) <= 50 == worth(criterion, (), lived)


@pytest.mark.parametrize(
    ("criterion", "lived"),
    [
        ("life_stage", ("pregnant", "leaving_home", "raising_children", "starting_work")),
        ("device", ("mdi", "pump_tubed", "aid", "cgm_rt", "bgm")),
        ("device", codes("device_class")),
    ],
)
def test_not_even_where_a_mentor_is_near_to_all_that_can_be_asked(criterion: str, lived: tuple[str, ...]) -> None:
    assert worth(criterion, whole(AXES[criterion]), lived) <= 50


@pytest.mark.parametrize(("criterion", "near"), [("style", 3), ("situation", 5)])
def test_nor_where_a_programme_says_that_much_is_near(criterion: str, near: int) -> None:
    asked = whole(AXES[criterion])
    told = replace(only(criterion), closeness={criterion: {one: {asked[0]: 100} for one in asked[:near]}})
    why = explain(a_mentee(**asking(criterion, asked)), a_mentor(**having(criterion, asked[:1])), told, NOW)
    assert 0 < why.parts[0].score <= 50


@pytest.mark.parametrize("criterion", AXES)
@QUICK
@given(drawn=st.data())
def test_a_mentor_who_ticks_more_is_not_worth_more_in_all(criterion: str, drawn: st.DataObject) -> None:
    axis = AXES[criterion]
    lived, asked = drawn.draw(some(axis, 1)), drawn.draw(some(axis, 1))
    shared = asked & lived
    if shared:
        assert worth(criterion, shared, codes(axis)) <= worth(criterion, shared, lived)


def test_a_mentor_who_ticks_every_device_is_worth_no_more_than_one_who_says_nothing() -> None:
    """And whoever names what they have lived with comes first."""
    for kind in codes("device_class"):
        assert worth("device", {kind}, codes("device_class")) <= 50 < worth("device", {kind}, {kind})


def test_naming_many_models_is_ticking_many_devices() -> None:
    mentee = {"devices": (asks_about("aid", "model_7"),)}
    many = {"devices": tuple(lived_with("aid", f"model_{n}") for n in range(20))}
    assert between("device", mentee, many) < between("device", mentee, {"devices": (lived_with("aid", "model_7"),)})
    assert between("device", mentee, {"devices": tuple(lived_with("aid", f"model_{n}") for n in range(5, 10))}) == 100
    at_times = {"devices": tuple(lived_with("aid", "model_7", until=f"20{year}-01") for year in range(20, 30))}
    assert between("device", mentee, at_times) == 100, "one device, however often"


windows = st.lists(
    st.tuples(st.sampled_from(codes("weekday")), st.integers(0, 1439), st.integers(1, 600)), min_size=1, max_size=4
).map(lambda told: tuple(Window(day=d, start=s, end=min(1440, s + length)) for d, s, length in told))
zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Apia", "UTC"])


@QUICK
@given(windows, windows, zones, zones, st.integers(0, 3))
def test_declaring_less_availability_never_gains_points(
    mine: tuple[Window, ...], theirs: tuple[Window, ...], zone: str, other: str, left_out: int
) -> None:
    mentor = {"availability": theirs, "time_zone": other}
    any_time = between("availability", {"time_zone": zone}, mentor)
    all_windows = between("availability", {"availability": mine, "time_zone": zone}, mentor)
    fewer = tuple(one for place, one in enumerate(mine) if place != left_out) or mine
    shorter = tuple(Window(day=one.day, start=one.start, end=one.start + (one.end - one.start) // 2) for one in fewer)
    assert any_time >= all_windows
    assert all_windows >= between("availability", {"availability": fewer, "time_zone": zone}, mentor)
    assert all_windows >= between("availability", {"availability": shorter, "time_zone": zone}, mentor)


@QUICK
@given(some("format", 1), some("format"), st.sampled_from(codes("digital_comfort")))
def test_naming_fewer_ways_to_talk_never_gains_points(mine: frozenset[str], theirs: frozenset[str], ease: str) -> None:
    mentor = {"formats": tuple(theirs)}
    named = between("format", {"formats": tuple(mine), "digital_comfort": ease}, mentor)
    fewer = between("format", {"formats": tuple(sorted(mine)[:1]), "digital_comfort": ease}, mentor)
    assert between("format", {"digital_comfort": ease}, mentor) >= named >= fewer


@QUICK
@given(st.frozensets(st.sampled_from(codes("matters")), max_size=3), st.integers(0, 100), st.integers(1, 5))
def test_everybody_hands_out_the_same_thousand(matters_most: frozenset[str], topics: int, boost: int) -> None:
    given_weights = replace(weights(topics=topics), matters_boost=boost)
    handed = dict(zip(criterion_names(), shares(given_weights, boosts([matters_most]))[0].tolist(), strict=True))
    assert sum(handed.values()) == WHOLE
    if boost > 1:
        plain = dict(zip(criterion_names(), shares(given_weights, boosts([frozenset()]))[0].tolist(), strict=True))
        assert all(handed[name] >= plain[name] for name in matters_most if given_weights.setting(name).weight)
