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


def tag_sets(axis: str, least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(all_tags(axis)), min_size=least)


def all_tags(axis: str) -> tuple[str, ...]:
    return tuple(code for code in codes(axis) if code != "just_looking")


def asking(criterion: str, codes_ticked: Iterable[str]) -> dict[str, Any]:
    """Return the facts of a mentee who ticks these codes."""
    build: dict[str, Any] = {"life_stage": stage, "device": asks_about}
    ticked = tuple(build.get(criterion, str)(code) for code in sorted(codes_ticked))
    return {FIELDS.get(criterion, criterion): ticked}


def having(criterion: str, codes_ticked: Iterable[str]) -> dict[str, Any]:
    """Return the facts of a mentor who ticks these codes."""
    build = lived_with if criterion == "device" else str
    return {FIELDS.get(criterion, criterion): tuple(build(code) for code in sorted(codes_ticked))}


def worth(criterion: str, asked: Iterable[str], lived: Iterable[str]) -> int:
    """Return the points of the criterion alone, which is faster than a whole explanation."""
    mentee, mentor = a_mentee(**asking(criterion, asked)), a_mentor(**having(criterion, lived))
    pool = Pool((mentee,), (mentor,), NOW, default_weights())
    return int(criteria()[criterion].code(pool).points(np.array([0]), np.array([0]))[0])


@pytest.mark.parametrize("criterion", AXES)
@QUICK
@given(drawn=st.data())
def test_a_box_the_mentor_covers_no_better_never_raises_a_mentee(criterion: str, drawn: st.DataObject) -> None:
    axis = AXES[criterion]
    asked, lived = drawn.draw(tag_sets(axis, 1)), drawn.draw(tag_sets(axis))
    before = worth(criterion, asked, lived)
    for extra in sorted(set(all_tags(axis)) - asked):
        if worth(criterion, {extra}, lived) <= before:
            assert worth(criterion, asked | {extra}, lived) <= before


@pytest.mark.parametrize("criterion", AXES)
@QUICK
@given(drawn=st.data())
def test_asking_for_everything_never_beats_asking_for_nothing(criterion: str, drawn: st.DataObject) -> None:
    axis = AXES[criterion]
    lived = drawn.draw(tag_sets(axis))
    assert worth(criterion, all_tags(axis), lived) <= 50 == worth(criterion, (), lived)


@pytest.mark.parametrize(
    ("criterion", "lived"),
    [
        ("life_stage", ("pregnant", "leaving_home", "raising_children", "starting_work")),
        ("device", ("mdi", "pump_tubed", "aid", "cgm_rt", "bgm")),
        ("device", codes("device_class")),
    ],
)
def test_asking_for_everything_is_at_most_neutral_with_a_mentor_near_to_everything(
    criterion: str, lived: tuple[str, ...]
) -> None:
    assert worth(criterion, all_tags(AXES[criterion]), lived) <= 50


@pytest.mark.parametrize(("criterion", "near"), [("style", 3), ("situation", 5)])
def test_asking_for_everything_is_at_most_neutral_with_a_generous_closeness_table(criterion: str, near: int) -> None:
    asked = all_tags(AXES[criterion])
    generous = replace(only(criterion), closeness={criterion: {tag: {asked[0]: 100} for tag in asked[:near]}})
    why = explain(a_mentee(**asking(criterion, asked)), a_mentor(**having(criterion, asked[:1])), generous, NOW)
    assert 0 < why.parts[0].score <= 50


@pytest.mark.parametrize("criterion", AXES)
@QUICK
@given(drawn=st.data())
def test_a_mentor_who_ticks_every_tag_is_worth_no_more(criterion: str, drawn: st.DataObject) -> None:
    axis = AXES[criterion]
    lived, asked = drawn.draw(tag_sets(axis, 1)), drawn.draw(tag_sets(axis, 1))
    shared = asked & lived
    if shared:
        assert worth(criterion, shared, codes(axis)) <= worth(criterion, shared, lived)


def test_a_mentor_who_ticks_every_device_is_at_most_neutral() -> None:
    """A mentor who names only the device they have lived with comes first."""
    for kind in codes("device_class"):
        assert worth("device", {kind}, codes("device_class")) <= 50 < worth("device", {kind}, {kind})


def test_each_model_counts_as_a_device_of_the_breadth() -> None:
    mentee = {"devices": (asks_about("aid", "model_7"),)}
    many = {"devices": tuple(lived_with("aid", f"model_{n}") for n in range(20))}
    assert between("device", mentee, many) < between("device", mentee, {"devices": (lived_with("aid", "model_7"),)})
    assert between("device", mentee, {"devices": tuple(lived_with("aid", f"model_{n}") for n in range(5, 10))}) == 100
    at_times = {"devices": tuple(lived_with("aid", "model_7", until=f"20{year}-01") for year in range(20, 30))}
    assert between("device", mentee, at_times) == 100, "one device, however often it is named"


windows = st.lists(
    st.tuples(st.sampled_from(codes("weekday")), st.integers(0, 1439), st.integers(1, 600)), min_size=1, max_size=4
).map(lambda rows: tuple(Window(day=d, start=s, end=min(1440, s + length)) for d, s, length in rows))
zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Apia", "UTC"])


@QUICK
@given(windows, windows, zones, zones, st.integers(0, 3))
def test_declaring_less_availability_never_gains_points(
    mentee_windows: tuple[Window, ...], mentor_windows: tuple[Window, ...], zone: str, other: str, left_out: int
) -> None:
    mentor = {"availability": mentor_windows, "time_zone": other}
    any_time = between("availability", {"time_zone": zone}, mentor)
    all_windows = between("availability", {"availability": mentee_windows, "time_zone": zone}, mentor)
    fewer = tuple(window for place, window in enumerate(mentee_windows) if place != left_out) or mentee_windows
    shorter = tuple(
        Window(day=window.day, start=window.start, end=window.start + (window.end - window.start) // 2)
        for window in fewer
    )
    assert any_time >= all_windows
    assert all_windows >= between("availability", {"availability": fewer, "time_zone": zone}, mentor)
    assert all_windows >= between("availability", {"availability": shorter, "time_zone": zone}, mentor)


@QUICK
@given(tag_sets("format", 1), tag_sets("format"), st.sampled_from(codes("digital_comfort")))
def test_naming_fewer_ways_to_talk_never_gains_points(
    mentee_ways: frozenset[str], mentor_ways: frozenset[str], ease: str
) -> None:
    mentor = {"formats": tuple(mentor_ways)}
    named = between("format", {"formats": tuple(mentee_ways), "digital_comfort": ease}, mentor)
    fewer = between("format", {"formats": tuple(sorted(mentee_ways)[:1]), "digital_comfort": ease}, mentor)
    assert between("format", {"digital_comfort": ease}, mentor) >= named >= fewer


@QUICK
@given(st.frozensets(st.sampled_from(codes("matters")), max_size=3), st.integers(0, 100), st.integers(1, 5))
def test_the_shares_of_every_mentee_sum_to_1000(matters_most: frozenset[str], topics: int, boost: int) -> None:
    given_weights = replace(weights(topics=topics), matters_boost=boost)
    handed = dict(zip(criterion_names(), shares(given_weights, boosts([matters_most]))[0].tolist(), strict=True))
    assert sum(handed.values()) == WHOLE
    if boost > 1:
        plain = dict(zip(criterion_names(), shares(given_weights, boosts([frozenset()]))[0].tolist(), strict=True))
        assert all(handed[name] >= plain[name] for name in matters_most if given_weights.setting(name).weight)
