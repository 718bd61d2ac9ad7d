"""Alternates after a no: asked only where no round could do better for anyone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.candidates import Mentee, Pair
from services.matcher.domain.insights.pair_cost import why_not
from services.matcher.domain.round import RoundResult, Snapshot, harmless_alternates, run_round
from tests.matcher.domain.insights.whole_mentors import WholeMentors, a_mixed_pool
from tests.support.people import a_mentee, a_mentor, a_snapshot, must, spoken, weights

FOOD: dict[str, Any] = {"topics": ("food",)}


def after_a_no(
    *others: Mentee,
    capacity: int = 1,
    listed: tuple[str, ...] = ("good", "fair"),
    promised: Mapping[str, str] | None = None,
    **more: Any,
) -> tuple[Pair, ...]:
    """Return the alternates given when Sam waits again; ``good`` and ``fair`` have places, ``good`` fits best."""
    mentors = [a_mentor("good", **FOOD, capacity=capacity), a_mentor("fair"), a_mentor("full", **FOOD, taken=1)]
    sam = a_mentee("sam", **FOOD, excluded=["said-no"])
    return harmless_alternates(a_snapshot([sam, *others], mentors, **more), {"sam": listed}, promised or {})


def test_the_best_alternate_is_asked_when_no_one_else_waits_for_them() -> None:
    assert after_a_no() == (Pair("sam", "good"),)
    assert after_a_no(a_mentee("else", languages=spoken("cy"))) == (Pair("sam", "good"),)


def test_a_place_that_someone_else_could_have_is_left_to_the_round() -> None:
    assert after_a_no(a_mentee("else")) == ()
    assert after_a_no(a_mentee("else"), capacity=2) == (Pair("sam", "good"),), "there is a place for each"
    assert after_a_no(a_mentee("else"), a_mentee("third"), capacity=2) == ()


def test_a_new_mentor_who_fits_better_leaves_the_mentee_to_the_round() -> None:
    assert after_a_no(listed=("fair",)) == ()


def test_full_and_ineligible_alternates_are_skipped() -> None:
    assert after_a_no(listed=("gone", "full", "said-no", "good")) == (Pair("sam", "good"),)
    assert after_a_no(blocks=frozenset({Pair("sam", "good")})) == (Pair("sam", "fair"),)
    sam = a_mentee("sam", musts=(must("gender", "woman"),))
    pool = a_snapshot([sam], [a_mentor("man", gender="man"), a_mentor("woman", gender="woman")])
    assert harmless_alternates(pool, {"sam": ("man", "woman")}, {}) == (Pair("sam", "woman"),)


def test_a_place_has_to_take_the_request_shape_of_the_mentee() -> None:
    busy = a_mentor("busy", capacity=3, hours_per_month=4, taken=1, shapes_taken=("long_haul",))
    long, short = a_mentee("long", request_shape="long_haul"), a_mentee("short", request_shape="one_thing")
    assert harmless_alternates(a_snapshot([long], [busy]), {"long": ("busy",)}, {}) == ()
    assert harmless_alternates(a_snapshot([short], [busy]), {"short": ("busy",)}, {}) == (Pair("short", "busy"),)


FOUR_HOURS: dict[str, Any] = {"capacity": 3, "hours_per_month": 4}


@pytest.mark.parametrize(
    ("shape", "others", "asked"),
    [
        ("one_thing", ("long_haul", "a_few_chats"), True),
        ("long_haul", ("one_thing", "one_thing"), True),
        ("long_haul", ("long_haul",), False),
        ("a_few_chats", ("a_few_chats", "a_few_chats"), False),
        ("one_thing", ("long_haul", "long_haul"), False),
        ("one_thing", ("one_thing", "one_thing", "one_thing"), False),
    ],
)
def test_the_other_mentees_need_places_together_within_the_hours(
    shape: str, others: tuple[str, ...], asked: bool
) -> None:
    waiting = [a_mentee(f"other-{n}", request_shape=one) for n, one in enumerate(others)]
    pool = a_snapshot([a_mentee("sam", request_shape=shape), *waiting], [a_mentor("kim", **FOUR_HOURS)])
    assert harmless_alternates(pool, {"sam": ("kim",)}, {}) == ((Pair("sam", "kim"),) if asked else ())


def test_mentees_whom_the_mentor_can_no_longer_take_need_no_place() -> None:
    busy = a_mentor("kim", **FOUR_HOURS, taken=1, shapes_taken=("long_haul",))
    pool = a_snapshot([a_mentee("sam"), *(a_mentee(f"l{n}", request_shape="long_haul") for n in range(3))], [busy])
    assert harmless_alternates(pool, {"sam": ("kim",)}, {}) == (Pair("sam", "kim"),)


def test_in_mixed_pools_every_alternate_costs_nothing() -> None:
    given = 0
    for seed in range(25):
        pool = replace(a_mixed_pool(seed), weights=weights(load=0))
        fit = WholeMentors(pool).gain
        for mentee in pool.mentees:
            listed = sorted((pair for pair in fit if pair.mentee_id == mentee.id), key=fit.__getitem__, reverse=True)
            for pair in harmless_alternates(pool, {mentee.id: [pair.mentor_id for pair in listed]}, {}):
                given += 1
                price = why_not(pool, pair)
                assert (price.rules, price.fewer_matched, price.lost_priority, price.lost_fit) == ((), 0, 0, 0), pair
    assert given >= 10


def test_mentors_promised_by_a_held_round_are_taken() -> None:
    placed, waits = a_mentee("else"), a_mentee("third", languages=spoken("cy"))
    assert after_a_no(placed, waits, promised={"else": "fair"}) == (Pair("sam", "good"),), (
        "a mentee with a promised mentor does not compete"
    )
    assert after_a_no(placed, promised={"else": "good"}) == (Pair("sam", "fair"),), "a promised place is taken"
    assert after_a_no(promised={"sam": "fair"}) == ()


def test_pins_and_unsent_proposals_are_left_to_the_round() -> None:
    assert after_a_no(pins=frozenset({Pair("sam", "fair")})) == ()
    assert after_a_no(a_mentee("else", languages=spoken("cy")), pins=frozenset({Pair("else", "good")})) == ()
    pool = a_snapshot([a_mentee("sam", held="fair")], [a_mentor("good"), a_mentor("fair")])
    assert harmless_alternates(pool, {"sam": ("good",)}, {}) == ()


def test_one_mentor_is_given_once() -> None:
    pool = a_snapshot([a_mentee("sam"), a_mentee("jo")], [a_mentor("kim", capacity=5)])
    assert harmless_alternates(pool, {"jo": ("kim",), "sam": ("kim",)}, {}) == (Pair("jo", "kim"),)


@pytest.mark.parametrize("regime", ["scarce", "balanced", "surplus"])
@pytest.mark.parametrize("seed", range(4))
def test_no_round_over_all_who_wait_does_better_than_an_alternate(regime: str, seed: int) -> None:
    """After a round some mentors declined and new people came: each alternate given costs nothing."""
    mentees, mentors = pool_of(programme(seed, 24, 60, regime=regime))
    given = weights(load=0)  # what a pin counts as load is no loss
    snapshot = Snapshot(
        programme="cairn", at=datetime(2025, 6, 2, 12, tzinfo=UTC), weights=given, mentees=mentees[:48], mentors=mentors
    )
    result = run_round(snapshot)
    later = declined(snapshot, result, mentees[48 : 48 + 3 * seed])
    found = harmless_alternates(later, dict(result.alternates), {})
    for pair in found:
        price = why_not(later, pair)
        assert (price.rules, price.fewer_matched, price.lost_priority, price.lost_fit) == ((), 0, 0, 0), pair
    assert found or regime != "surplus"


def declined(snapshot: Snapshot, result: RoundResult, newcomers: tuple[Mentee, ...]) -> Snapshot:
    """Return the pool when every fourth mentor who was asked has declined, and the others have not answered."""
    asked = {proposal.mentee_id: proposal.mentor_id for proposal in result.proposals}
    no = set(list(asked)[::4])
    taken = [mentor for mentee, mentor in asked.items() if mentee not in no]
    waiting = [
        replace(one, excluded=one.excluded | {asked[one.id]}) if one.id in no else one
        for one in snapshot.mentees
        if one.id not in asked or one.id in no
    ]
    mentors = [replace(mentor, taken=mentor.taken + taken.count(mentor.id)) for mentor in snapshot.mentors]
    return replace(snapshot, mentees=(*waiting, *newcomers), mentors=tuple(mentors))
