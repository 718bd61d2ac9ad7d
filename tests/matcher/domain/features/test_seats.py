from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.features.seats import cut
from services.matcher.domain.people import Mentor
from tests.support.people import a_mentor

SHAPES = ("one_thing", "a_few_chats", "long_haul")


def takes(seats: tuple[tuple[int, frozenset[str]], ...], wanted: tuple[str, ...]) -> bool:
    """Whether people with these shapes can sit: narrow seats first for the short ones."""
    if not wanted:
        return True
    return any(
        count and wanted[0] in shapes and takes((*seats[:k], (count - 1, shapes), *seats[k + 1 :]), wanted[1:])
        for k, (count, shapes) in enumerate(seats)
    )


def test_without_hours_places_are_places() -> None:
    assert cut(a_mentor(capacity=3, taken=1)) == ((2, frozenset(SHAPES)),)


def test_four_hours_take_three_small_requests_or_one_long_haul() -> None:
    seats = cut(a_mentor(capacity=3, hours_per_month=4))
    assert takes(seats, ("one_thing",) * 3)
    assert takes(seats, ("a_few_chats", "a_few_chats", "one_thing"))
    assert not takes(seats, ("a_few_chats",) * 3)
    assert not takes(seats, ("long_haul", "long_haul"))


def test_live_matches_count_against_the_limits_of_their_shape() -> None:
    busy = a_mentor(capacity=3, hours_per_month=4, taken=1, shapes_taken=("long_haul",))
    assert not takes(cut(busy), ("long_haul",))
    assert takes(cut(busy), ("a_few_chats", "one_thing"))


@pytest.mark.parametrize("full", [a_mentor(capacity=2, taken=2), a_mentor(capacity=1, taken=3), a_mentor(paused=True)])
def test_who_is_full_or_paused_has_no_seat(full: Mentor) -> None:
    assert cut(full) == ()


@given(
    st.integers(0, 4),
    st.none() | st.integers(1, 12),
    st.lists(st.sampled_from(SHAPES), max_size=4),
    st.frozensets(st.sampled_from(SHAPES), min_size=1),
)
def test_seats_allow_exactly_what_the_limits_say(
    capacity: int, hours: int | None, live: list[str], accepted: frozenset[str]
) -> None:
    mentor = a_mentor(
        capacity=capacity,
        hours_per_month=hours,
        taken=len(live),
        shapes_taken=tuple(live),
        request_shapes=tuple(sorted(accepted)),
    )
    seats = cut(mentor)
    for count in range(4):
        for wanted in product(SHAPES, repeat=count):
            after = [*live, *wanted]
            long_hauls, few = after.count("long_haul"), after.count("a_few_chats")
            # A limit that live matches broke already allows no more of its shapes, and forbids nothing else.
            adds_long, adds_either = "long_haul" in wanted, {"long_haul", "a_few_chats"} & set(wanted)
            allowed = (
                (not wanted or len(after) <= capacity)
                and set(wanted) <= accepted
                and (hours is None or not adds_long or long_hauls <= max(1, hours // 3))
                and (hours is None or not adds_either or long_hauls + few <= max(1, hours // 2))
            )
            assert takes(seats, wanted) == allowed, (wanted, seats)
