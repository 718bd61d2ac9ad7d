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
from tests.matcher.scenario import PROGRAMME, Scenario, person, spoken


@pytest.fixture
def solved(scenario: Scenario) -> Scenario:
    scenario.decide = run_round
    return scenario


def pin(scenario: Scenario, mentee: str, mentor: str) -> PairRule:
    return pin_pair(scenario.database, PROGRAMME, Pair(mentee, mentor), by="admin", reason="asked for it")


def block(scenario: Scenario, mentee: str, mentor: str) -> PairRule:
    return block_pair(scenario.database, PROGRAMME, Pair(mentee, mentor), by="admin", reason="neighbours")


def listed(scenario: Scenario) -> list[tuple[str, Pair]]:
    with scenario.database.begin(read_only=True) as store:
        rules = [*store.pairs.listed(PROGRAMME, "pin", after=None, limit=9)]
        rules += store.pairs.listed(PROGRAMME, "block", after=None, limit=9)
    return [(rule.kind, rule.pair) for rule in rules]


def test_a_pinned_pair_is_made_and_the_pin_is_used_up(solved: Scenario) -> None:
    solved.mentor("a"), solved.mentor("b")
    mentee = solved.mentee()
    chosen = run_round(_snapshot(solved)).proposals[0].mentor_id
    other = "b" if chosen == "a" else "a"
    pin(solved, mentee, other)
    match = solved.asked(mentee)
    assert match.mentor_id == other
    assert listed(solved) == []
    decline_match(solved.database, person(other), match.id, reason=None, note=None)
    assert solved.asked(mentee).mentor_id == chosen


def test_a_pair_that_a_rule_forbids_is_not_pinned(solved: Scenario) -> None:
    solved.mentor("a", languages=spoken("cy"))
    mentee = solved.mentee()
    with pytest.raises(Conflict) as refused:
        pin(solved, mentee, "a")
    assert (refused.value.code, refused.value.now) == ("pair_impossible", {"rules": ["language"]})
    assert listed(solved) == []


def test_a_mentee_has_one_pin_and_a_pair_one_decision(solved: Scenario) -> None:
    solved.mentor("a"), solved.mentor("b")
    mentee = solved.mentee()
    pin(solved, mentee, "a")
    for again, code in ((pin, "decided_already"), (block, "decided_already")):
        with pytest.raises(Conflict) as refused:
            again(solved, mentee, "a")
        assert refused.value.code == code
    with pytest.raises(Conflict) as refused:
        pin(solved, mentee, "b")
    assert refused.value.now == {"mentor_id": "a"}
    withdraw_pair_rule(solved.database, PROGRAMME, Pair(mentee, "a"), "pin", by="admin")
    pin(solved, mentee, "b")
    assert solved.asked(mentee).mentor_id == "b"


def test_a_blocked_pair_is_never_made_and_may_be_again(solved: Scenario) -> None:
    solved.mentor("a")
    mentee = solved.mentee()
    block(solved, mentee, "a")
    solved.rounds()
    assert solved.live(mentee) is None
    withdraw_pair_rule(solved.database, PROGRAMME, Pair(mentee, "a"), "block", by="admin")
    assert solved.asked(mentee).mentor_id == "a"


def test_a_block_that_comes_while_a_round_decides_is_respected(solved: Scenario) -> None:
    solved.mentor("a")
    mentee = solved.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        solved.decide = run_round
        block(solved, mentee, "a")
        return run_round(snapshot)

    solved.decide = meanwhile
    solved.rounds()
    assert solved.live(mentee) is None


def test_an_offer_of_a_blocked_pair_is_taken_back(solved: Scenario) -> None:
    solved.mentor("a")
    mentee = solved.mentee()
    match = solved.asked(mentee)
    block(solved, mentee, "a")
    assert (solved.match(match.id).state, solved.match(match.id).end_cause) == ("ended", "withdrawn")
    assert solved.places("a")[0] == 0


def test_an_accepted_match_cannot_be_blocked(solved: Scenario) -> None:
    solved.mentor("a")
    mentee = solved.mentee()
    match = solved.asked(mentee)
    accept_match(solved.database, solved.terms, person("a"), match.id)
    with pytest.raises(Conflict) as refused:
        block(solved, mentee, "a")
    assert refused.value.now == {"match_id": match.id, "state": "accepted"}
    with pytest.raises(Conflict, match="isn't waiting"):
        pin(solved, mentee, solved.mentor("b"))


def test_only_people_of_the_programme_can_be_decided_about(solved: Scenario) -> None:
    mentor, mentee = solved.mentor(), solved.mentee()
    for pair in (Pair(mentor, mentee), Pair(mentee, "nobody"), Pair("nobody", mentor)):
        with pytest.raises(NotFound):
            block(solved, *pair)
    kinds: tuple[PairRuleKind, ...] = ("pin", "block")
    for kind in kinds:
        with pytest.raises(NotFound):
            withdraw_pair_rule(solved.database, PROGRAMME, Pair(mentee, mentor), kind, by="admin")


def test_an_erased_person_is_in_no_pin_and_no_block(solved: Scenario) -> None:
    solved.mentor("a"), solved.mentor("b")
    mentee, stays = solved.mentee(), solved.mentee()
    pin(solved, mentee, "a"), block(solved, mentee, "b"), block(solved, stays, "b")
    solved.receive(profiles.PersonErased, mentee)
    assert listed(solved) == [("block", Pair(stays, "b"))]


def _snapshot(scenario: Scenario) -> Snapshot:
    with scenario.database.begin(read_only=True) as store:
        return store.rounds.snapshot(PROGRAMME)
