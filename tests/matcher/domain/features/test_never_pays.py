"""Ticking more boxes or declaring less availability never pays."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.events.facts import Window
from services.events.vocabulary import codes
from services.matcher.domain.features.budget import WHOLE, boosts, shares
from services.matcher.domain.weights import criterion_names
from tests.matcher.domain.features.test_criteria import between
from tests.support.people import weights

pytestmark = pytest.mark.slow

TAGS = {
    "situation": ("situations", "situation"),
    "goals": ("goals", "goal"),
    "topics": ("topics", "topic"),
    "style": ("styles", "style"),
}
QUICK = settings(max_examples=40, deadline=None)


def some(axis: str, least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    usable = [code for code in codes(axis) if code != "just_looking"]
    return st.frozensets(st.sampled_from(usable), min_size=least)


@pytest.mark.parametrize("criterion", TAGS)
@QUICK
@given(drawn=st.data())
def test_a_box_the_mentor_covers_no_better_never_raises_a_mentee(criterion: str, drawn: st.DataObject) -> None:
    field, axis = TAGS[criterion]
    asked, lived = drawn.draw(some(axis, 1)), drawn.draw(some(axis))
    before = between(criterion, {field: tuple(asked)}, {field: tuple(lived)})
    for extra in sorted(set(codes(axis)) - asked - {"just_looking"}):
        if between(criterion, {field: (extra,)}, {field: tuple(lived)}) <= before:
            assert between(criterion, {field: (*asked, extra)}, {field: tuple(lived)}) <= before


@pytest.mark.parametrize("criterion", TAGS)
@QUICK
@given(drawn=st.data())
def test_asking_for_everything_never_beats_asking_for_nothing(criterion: str, drawn: st.DataObject) -> None:
    field, axis = TAGS[criterion]
    everything = tuple(code for code in codes(axis) if code != "just_looking")
    assert between(criterion, {field: everything}, {field: tuple(drawn.draw(some(axis)))}) <= 50


@pytest.mark.parametrize("criterion", TAGS)
@QUICK
@given(drawn=st.data())
def test_a_mentor_who_ticks_more_is_not_worth_more_in_all(criterion: str, drawn: st.DataObject) -> None:
    field, axis = TAGS[criterion]
    lived, asked = drawn.draw(some(axis, 1)), drawn.draw(some(axis, 1))
    everything = tuple(codes(axis))
    shared = tuple(asked & lived)
    if shared:
        modest = between(criterion, {field: shared}, {field: tuple(lived)})
        assert between(criterion, {field: shared}, {field: everything}) <= modest


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
