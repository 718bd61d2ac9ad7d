"""Pins and blocks: what an admin decides about two people, and what rounds make of it."""

from __future__ import annotations

import pytest

from services.chassis.core.errors import Conflict, NotFound
from services.events import profiles
from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import PairRule, PairRuleKind
from services.matcher.domain.round import RoundResult, Snapshot, run_round
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.pin_or_block_pair import block_pair, pin_pair, withdraw_pair_rule
from tests.matcher.scenario import PROGRAMME, World, person, spoken


@pytest.fixture
def told(world: World) -> World:
    world.decide = run_round
    return world


def pin(world: World, mentee: str, mentor: str) -> PairRule:
    return pin_pair(world.house, PROGRAMME, Pair(mentee, mentor), by="admin", reason="asked for it")


def block(world: World, mentee: str, mentor: str) -> PairRule:
    return block_pair(world.house, PROGRAMME, Pair(mentee, mentor), by="admin", reason="neighbours")


def listed(world: World) -> list[tuple[str, Pair]]:
    with world.house.begin(read_only=True) as store:
        rules = [*store.pairs.listed(PROGRAMME, "pin", after=None, limit=9)]
        rules += store.pairs.listed(PROGRAMME, "block", after=None, limit=9)
    return [(rule.kind, rule.pair) for rule in rules]


def test_a_pinned_pair_is_made_and_the_pin_is_used_up(told: World) -> None:
    told.mentor("a"), told.mentor("b")
    mentee = told.mentee()
    chosen = run_round(_snapshot(told)).proposals[0].mentor_id
    other = "b" if chosen == "a" else "a"
    pin(told, mentee, other)
    match = told.asked(mentee)
    assert match.mentor_id == other
    assert listed(told) == []
    decline_match(told.house, person(other), match.id, reason=None, note=None)
    assert told.asked(mentee).mentor_id == chosen


def test_a_pair_that_a_rule_forbids_is_not_pinned(told: World) -> None:
    told.mentor("a", languages=spoken("cy"))
    mentee = told.mentee()
    with pytest.raises(Conflict) as refused:
        pin(told, mentee, "a")
    assert (refused.value.code, refused.value.now) == ("pair_impossible", {"rules": ["language"]})
    assert listed(told) == []


def test_a_mentee_has_one_pin_and_a_pair_one_decision(told: World) -> None:
    told.mentor("a"), told.mentor("b")
    mentee = told.mentee()
    pin(told, mentee, "a")
    for again, code in ((pin, "decided_already"), (block, "decided_already")):
        with pytest.raises(Conflict) as refused:
            again(told, mentee, "a")
        assert refused.value.code == code
    with pytest.raises(Conflict) as refused:
        pin(told, mentee, "b")
    assert refused.value.now == {"mentor_id": "a"}
    withdraw_pair_rule(told.house, PROGRAMME, Pair(mentee, "a"), "pin", by="admin")
    pin(told, mentee, "b")
    assert told.asked(mentee).mentor_id == "b"


def test_a_blocked_pair_is_never_made_and_may_be_again(told: World) -> None:
    told.mentor("a")
    mentee = told.mentee()
    block(told, mentee, "a")
    told.rounds()
    assert told.live(mentee) is None
    withdraw_pair_rule(told.house, PROGRAMME, Pair(mentee, "a"), "block", by="admin")
    assert told.asked(mentee).mentor_id == "a"


def test_a_block_that_comes_while_a_round_decides_is_respected(told: World) -> None:
    told.mentor("a")
    mentee = told.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        told.decide = run_round
        block(told, mentee, "a")
        return run_round(snapshot)

    told.decide = meanwhile
    told.rounds()
    assert told.live(mentee) is None


def test_an_offer_of_a_blocked_pair_is_taken_back(told: World) -> None:
    told.mentor("a")
    mentee = told.mentee()
    match = told.asked(mentee)
    block(told, mentee, "a")
    assert (told.match(match.id).state, told.match(match.id).end_cause) == ("ended", "withdrawn")
    assert told.places("a")[0] == 0


def test_two_who_said_yes_are_not_blocked_behind_their_backs(told: World) -> None:
    told.mentor("a")
    mentee = told.mentee()
    match = told.asked(mentee)
    accept_match(told.house, told.terms, person("a"), match.id)
    with pytest.raises(Conflict) as refused:
        block(told, mentee, "a")
    assert refused.value.now == {"match_id": match.id, "state": "accepted"}
    with pytest.raises(Conflict, match="not waiting"):
        pin(told, mentee, told.mentor("b"))


def test_only_people_of_the_programme_can_be_decided_about(told: World) -> None:
    mentor, mentee = told.mentor(), told.mentee()
    for pair in (Pair(mentor, mentee), Pair(mentee, "nobody"), Pair("nobody", mentor)):
        with pytest.raises(NotFound):
            block(told, *pair)
    kinds: tuple[PairRuleKind, ...] = ("pin", "block")
    for kind in kinds:
        with pytest.raises(NotFound):
            withdraw_pair_rule(told.house, PROGRAMME, Pair(mentee, mentor), kind, by="admin")


def test_an_erased_person_is_in_no_pin_and_no_block(told: World) -> None:
    told.mentor("a"), told.mentor("b")
    mentee, stays = told.mentee(), told.mentee()
    pin(told, mentee, "a"), block(told, mentee, "b"), block(told, stays, "b")
    told.hear(profiles.PersonErased, mentee)
    assert listed(told) == [("block", Pair(stays, "b"))]


def _snapshot(world: World) -> Snapshot:
    with world.house.begin(read_only=True) as store:
        return store.rounds.snapshot(PROGRAMME)
