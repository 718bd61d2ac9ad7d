"""Two ways for a round to go on: by itself, or once an admin has looked at it."""

from __future__ import annotations

import pytest

from services.chassis.core.errors import Conflict, Gone
from services.events import profiles
from services.events.matcher import MatchProposed
from services.matcher.domain.records import Round
from services.matcher.use_cases.review_round import (
    cancel_round,
    drop_round,
    list_proposals,
    release_round,
    set_round_mode,
)
from tests.matcher.scenario import PROGRAMME, World

BY, REASON = "admin", "to be looked at first"


def set_mode(world: World, mode: str) -> None:
    set_round_mode(world.house, PROGRAMME, "review" if mode == "review" else "rolling", by=BY, reason=REASON)


def held(world: World) -> Round:
    """Run a round in review mode; the round that is held then."""
    set_mode(world, "review")
    world.rounds()
    return latest(world)


def release(world: World, found: Round) -> Round:
    return release_round(world.house, PROGRAMME, found.id, by=BY, reason=REASON)


def latest(world: World) -> Round:
    with world.house.begin(read_only=True) as store:
        return store.rounds.listed(PROGRAMME, after=None, limit=1)[0]


def proposals(world: World, round_id: str) -> list[tuple[str, str]]:
    found = list_proposals(world.house, PROGRAMME, round_id, after="", limit=100, by=BY)
    return [(one.proposal.mentee_id, one.proposal.mentor_id) for one in found]


def test_a_programme_is_rolling_until_somebody_says_otherwise(world: World) -> None:
    world.mentor(), world.mentee()
    world.rounds()
    assert latest(world).state == "applied"
    assert len(world.told(MatchProposed)) == 1


def test_in_review_mode_nobody_is_asked_until_the_round_is_released(world: World) -> None:
    world.mentor("mentor"), world.mentee("mentee")
    found = held(world)
    assert (found.state, found.proposed) == ("review", 1)
    assert found.certificate["optimal"]
    assert world.told(MatchProposed) == []
    assert proposals(world, found.id) == [("mentee", "mentor")]
    assert release(world, found).state == "open"
    world.rounds()
    assert (latest(world).id, latest(world).state, latest(world).proposed) == (found.id, "applied", 1)
    assert [event.mentee_id for event in world.told(MatchProposed)] == ["mentee"]


def test_what_went_stale_while_it_was_held_is_dropped_and_looked_at_again(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    world.mentee("stays"), world.mentee("goes")
    found = held(world)
    world.hear(profiles.PersonLeft, "goes")
    world.hear(profiles.PersonPaused, dict(proposals(world, found.id))["stays"])
    release(world, found)
    set_mode(world, "rolling")
    world.rounds()
    with world.house.begin(read_only=True) as store:
        assert (store.rounds.get(found.id).proposed, store.rounds.get(found.id).dropped) == (0, 2)
    assert [event.mentee_id for event in world.told(MatchProposed)] == ["stays"]


def test_while_a_round_is_held_no_other_begins(world: World) -> None:
    world.mentor(), world.mentee()
    found = held(world)
    world.mentee("later")
    world.rounds()
    assert latest(world).id == found.id
    release(world, found)
    world.rounds()
    world.mentor("another")
    world.rounds()
    assert latest(world).state == "review"
    assert [mentee for mentee, _ in proposals(world, latest(world).id)] == ["later"]


def test_whoever_came_while_a_round_was_held_is_looked_at_once_it_is_released(world: World) -> None:
    world.mentor(capacity=2), world.mentee()
    found = held(world)
    world.mentee("later")
    world.rounds()
    release(world, found)
    world.rounds()
    assert (latest(world).id != found.id, latest(world).state) == (True, "review")
    assert [mentee for mentee, _ in proposals(world, latest(world).id)] == ["later"]


def test_a_dropped_round_asks_nobody_and_the_next_comes_when_something_changes(world: World) -> None:
    world.mentor(), world.mentee()
    found = held(world)
    assert drop_round(world.house, PROGRAMME, found.id, by=BY, reason=REASON).state == "dropped"
    world.rounds()
    assert (latest(world).id, world.told(MatchProposed)) == (found.id, [])
    with pytest.raises(Gone):
        proposals(world, found.id)
    world.forward(seconds=1)
    world.mentee()
    world.rounds()
    assert (latest(world).id != found.id, latest(world).state) == (True, "review")


def test_a_round_that_found_nobody_needs_no_review(world: World) -> None:
    world.mentee()
    assert held(world).state == "applied"


def test_a_held_round_with_an_erased_person_is_given_up_and_the_others_are_looked_at_again(world: World) -> None:
    world.mentor(), world.mentor(), world.mentee("gone"), world.mentee("stays")
    found = held(world)
    world.forward(seconds=1)
    world.hear(profiles.PersonErased, "gone")
    world.rounds()
    with world.house.begin(read_only=True) as store:
        assert store.rounds.get(found.id).state == "given_up"
    assert [mentee for mentee, _ in proposals(world, latest(world).id)] == ["stays"]


def test_a_released_round_may_be_cancelled_before_it_asks_anybody(world: World) -> None:
    world.mentor(), world.mentee()
    found = held(world)
    release(world, found)
    assert cancel_round(world.house, PROGRAMME, found.id, by=BY, reason=REASON).state == "cancelled"


def test_only_a_round_that_is_held_is_released_or_dropped(world: World) -> None:
    world.mentor(), world.mentee()
    world.rounds()
    for decide in (release_round, drop_round):
        with pytest.raises(Conflict, match="not held"):
            decide(world.house, PROGRAMME, latest(world).id, by=BY, reason=REASON)
