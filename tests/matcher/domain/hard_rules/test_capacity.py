from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.candidates import Mentor
from services.matcher.domain.hard_rules.capacity import capacity_of, with_match
from tests.support.people import a_mentor

SHAPES = ("one_thing", "a_few_chats", "long_haul")


Classes = tuple[tuple[int, frozenset[str]], ...]


def all_placed(classes: Classes, wanted: tuple[str, ...]) -> bool:
    """Return whether people with these shapes can each have a place, in any order, by trying every way."""
    if not wanted:
        return True
    return any(
        count and wanted[0] in shapes and all_placed((*classes[:k], (count - 1, shapes), *classes[k + 1 :]), wanted[1:])
        for k, (count, shapes) in enumerate(classes)
    )


def test_without_hours_a_mentor_has_a_single_capacity_class() -> None:
    assert capacity_of(a_mentor(capacity=3, taken=1)).seats == ((2, frozenset(SHAPES)),)


def test_four_hours_take_three_small_requests_or_one_long_haul() -> None:
    capacity = capacity_of(a_mentor(capacity=3, hours_per_month=4))
    assert capacity.takes_all(("one_thing",) * 3)
    assert capacity.takes_all(("a_few_chats", "a_few_chats", "one_thing"))
    assert not capacity.takes_all(("a_few_chats",) * 3)
    assert not capacity.takes_all(("long_haul", "long_haul"))


def test_live_matches_count_against_the_limits_of_their_shape() -> None:
    busy = a_mentor(capacity=3, hours_per_month=4, taken=1, shapes_taken=("long_haul",))
    assert not capacity_of(busy).takes("long_haul")
    assert capacity_of(busy).takes_all(("a_few_chats", "one_thing"))


def test_one_more_match_counts_beside_matches_of_unknown_shape() -> None:
    busy = with_match(a_mentor(capacity=4, hours_per_month=5, taken=1), "long_haul")
    assert (busy.taken, busy.shapes_taken) == (2, ("a_few_chats", "long_haul"))
    assert not capacity_of(busy).takes("a_few_chats")
    assert with_match(a_mentor(shapes_taken=("long_haul",)), "one_thing").shapes_taken == ("one_thing",), "it has ended"


@pytest.mark.parametrize("full", [a_mentor(capacity=2, taken=2), a_mentor(capacity=1, taken=3), a_mentor(paused=True)])
def test_a_full_or_paused_mentor_has_no_place(full: Mentor) -> None:
    capacity = capacity_of(full)
    assert (capacity.seats, capacity.places) == ((), 0)
    assert not any(map(capacity.takes, SHAPES))


@given(
    st.integers(0, 4),
    st.none() | st.integers(1, 12),
    st.lists(st.sampled_from(SHAPES), max_size=4),
    st.frozensets(st.sampled_from(SHAPES), min_size=1),
)
def test_takes_and_capacity_classes_allow_exactly_what_the_limits_allow(
    capacity: int, hours: int | None, live: list[str], accepted: frozenset[str]
) -> None:
    mentor = a_mentor(
        capacity=capacity,
        hours_per_month=hours,
        taken=len(live),
        shapes_taken=tuple(live),
        request_shapes=tuple(sorted(accepted)),
    )
    found, most = capacity_of(mentor), 0
    for count in range(5):
        for wanted in product(SHAPES, repeat=count):
            after = [*live, *wanted]
            long_hauls, few = after.count("long_haul"), after.count("a_few_chats")
            # A limit that live matches already exceed allows no more of its shapes, and forbids nothing else.
            adds_long, adds_either = "long_haul" in wanted, {"long_haul", "a_few_chats"} & set(wanted)
            allowed = (
                (not wanted or len(after) <= capacity)
                and set(wanted) <= accepted
                and (hours is None or not adds_long or long_hauls <= max(1, hours // 3))
                and (hours is None or not adds_either or long_hauls + few <= max(1, hours // 2))
            )
            most = max(most, len(wanted) if allowed else 0)
            assert found.takes_all(wanted) == all_placed(found.seats, wanted) == allowed, (wanted, found)
            if wanted and found.takes_all(wanted[:-1]):
                assert found.takes(wanted[-1], wanted[:-1]) == allowed
    assert found.places == most
