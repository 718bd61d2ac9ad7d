"""After a no the next mentor whom the round had named is asked, where nobody loses by it; else the next round looks."""

from __future__ import annotations

from typing import Any

import pytest

from services.events import profiles
from services.events.matcher import MatchProposed
from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import Round
from services.matcher.domain.round import harmless_alternates, run_round
from services.matcher.use_cases import offer_alternates as asking
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.pin_or_block_pair import block_pair
from services.matcher.use_cases.publish_weights import publish_weights
from services.matcher.use_cases.request_other_mentor import request_other_mentor
from services.matcher.use_cases.review_round import list_proposals, release_round, set_round_mode
from services.matcher.use_cases.run_due_steps import expire_overdue_offers
from tests.matcher.memory import MemoryDatabase
from tests.matcher.scenario import PROGRAMME, Scenario, at, person, spoken

WHY = {"by": "admin", "reason": "a story needs it"}
FOOD: dict[str, Any] = {"topics": ("food",)}


@pytest.fixture
def rolling(scenario: Scenario) -> Scenario:
    """Sam was asked for with the best of three mentors."""
    scenario.decide = run_round
    scenario.mentor("best", topics=("food", "work")), scenario.mentor("next", **FOOD), scenario.mentor("last")
    scenario.mentee("sam", topics=("food", "work"))
    assert scenario.asked("sam").mentor_id == "best"
    return scenario


@pytest.fixture
def review(scenario: Scenario) -> Scenario:
    """The same in review mode: an admin has released the round."""
    set_round_mode(scenario.database, PROGRAMME, "review", **WHY)
    scenario.decide = run_round
    scenario.mentor("best", topics=("food", "work")), scenario.mentor("next", **FOOD), scenario.mentor("last")
    scenario.mentee("sam", topics=("food", "work"))
    scenario.rounds()
    release(scenario)
    assert scenario.asked("sam").mentor_id == "best"
    return scenario


def release(scenario: Scenario) -> None:
    held = in_review(scenario)
    assert held is not None
    release_round(scenario.database, PROGRAMME, held.id, **WHY)


def in_review(scenario: Scenario) -> Round | None:
    with scenario.database.begin(read_only=True) as store:
        return store.rounds.in_review(PROGRAMME)


def rounds(scenario: Scenario) -> list[Round]:
    with scenario.database.begin(read_only=True) as store:
        return list(store.rounds.listed(PROGRAMME, after=None, limit=100))


def says_no(scenario: Scenario, mentee: str = "sam") -> None:
    match = scenario.live(mentee)
    assert match is not None
    scenario.forward(minutes=1)
    decline_match(scenario.database, person(match.mentor_id), match.id)


def mentor_of(scenario: Scenario, mentee: str = "sam") -> str | None:
    match = scenario.live(mentee)
    return match.mentor_id if match is not None else None


def test_an_admin_sees_whom_a_round_would_ask_next(scenario: Scenario) -> None:
    set_round_mode(scenario.database, PROGRAMME, "review", **WHY)
    scenario.decide = run_round
    scenario.mentor("best", **FOOD), scenario.mentor("next"), scenario.mentee("sam", **FOOD)
    scenario.rounds()
    held = in_review(scenario)
    assert held is not None
    shown = list_proposals(scenario.database, PROGRAMME, held.id, after="", limit=9, by="admin")
    assert [(one.proposal.mentor_id, one.alternates) for one in shown] == [("best", ("next",))]


def test_after_a_no_in_review_mode_the_next_mentor_is_asked_without_another_review(review: Scenario) -> None:
    says_no(review)
    review.rounds()
    assert (mentor_of(review), in_review(review), len(rounds(review))) == ("next", None, 1)
    says_no(review)
    review.rounds()
    assert mentor_of(review) == "last", "and so on"
    says_no(review)
    review.rounds()
    assert mentor_of(review) is None
    assert review.places("next") == review.places("last") == (0, 1)


def test_an_offer_that_lapses_is_followed_by_the_next_one(review: Scenario) -> None:
    review.forward(hours=73)
    expire_overdue_offers(review.database, review.terms)
    review.rounds()
    assert mentor_of(review) == "next"


def test_a_mentee_who_asks_for_another_mentor_gets_the_alternate(review: Scenario) -> None:
    match = review.live("sam")
    assert match is not None
    accept_match(review.database, review.terms, person("best"), match.id)
    review.forward(minutes=1)
    decline_match(review.database, person("sam"), match.id)
    review.rounds()
    assert mentor_of(review) == "next"


def test_an_alternates_offer_is_like_a_rounds_with_current_reasons(review: Scenario) -> None:
    first = review.live("sam")
    assert first is not None
    review.change("next", "mentor", goals=("social",), topics=("food", "work"))
    says_no(review)
    review.rounds()
    match = review.live("sam")
    assert match is not None
    assert (match.round_id, match.attempt, match.waiting_since) == (first.round_id, 2, first.waiting_since)
    assert match.answer_by == match.asked_at + review.terms.time_to_answer
    told = review.published(MatchProposed)[-1]
    assert (told.match_id, told.mentor_id, told.round_id, told.reasons) == (
        match.id,
        "next",
        match.round_id,
        match.reasons,
    )
    assert {reason.criterion: reason.codes for reason in match.reasons}["topics"] == ("food", "work")
    with review.database.begin(read_only=True) as store:
        parts, score = store.matches.shown(match.id)
    assert sum(part.weight for part in parts) == pytest.approx(1000, abs=2)
    assert 0 < score <= 100
    if isinstance(review.database, MemoryDatabase):
        assert ("ask_alternate", match.id) in review.database.state.audited


def test_a_newer_mentee_who_needs_the_place_is_not_passed_over(review: Scenario) -> None:
    review.mentee("late")
    review.rounds()
    held = in_review(review)
    assert held is not None
    review.mentee("later")  # nobody has looked at them yet
    says_no(review)
    review.rounds()
    assert (mentor_of(review), in_review(review)) == (None, held), (
        "two want the one place that is left: a round decides"
    )


def test_alternates_take_no_place_from_a_held_round(review: Scenario) -> None:
    review.mentee("late", **FOOD)
    review.rounds()
    held = in_review(review)
    assert held is not None
    shown = list_proposals(review.database, PROGRAMME, held.id, after="", limit=9, by="admin")
    assert [one.proposal.mentor_id for one in shown] == ["next"]
    says_no(review)
    review.rounds()
    assert mentor_of(review) == "last"
    release(review)
    review.rounds()
    assert mentor_of(review, "late") == "next"


def test_in_review_mode_alternates_of_unreleased_rounds_are_not_asked(rolling: Scenario) -> None:
    set_round_mode(rolling.database, PROGRAMME, "review", **WHY)
    says_no(rolling)
    rolling.rounds()
    assert (mentor_of(rolling), in_review(rolling) is not None) == (None, True)


def test_in_a_rolling_programme_no_round_is_needed_either(rolling: Scenario) -> None:
    says_no(rolling)
    rolling.rounds()
    assert (mentor_of(rolling), len(rounds(rolling))) == ("next", 1)


def test_the_next_round_decides_where_someone_could_lose(rolling: Scenario) -> None:
    rolling.mentee("late", **FOOD)
    says_no(rolling)
    rolling.rounds()
    assert len(rounds(rolling)) == 2
    assert {mentor_of(rolling), mentor_of(rolling, "late")} <= {"best", "next", "last"}


def test_a_better_newer_mentor_is_left_to_the_next_round(rolling: Scenario) -> None:
    rolling.mentor("new", topics=("food", "work"))
    says_no(rolling)
    rolling.rounds()
    assert mentor_of(rolling) == "new"


@pytest.mark.parametrize("change", ["blocked", "paused", "speaks another language", "weights"])
def test_an_alternate_who_may_not_be_asked_any_more_is_passed_over(review: Scenario, change: str) -> None:
    if change == "blocked":
        block_pair(review.database, PROGRAMME, Pair("sam", "next"), **WHY)
    elif change == "paused":
        review.receive(profiles.PersonPaused, "next")
    elif change == "weights":
        criteria = {"topics": {"mode": "hard", "weight": 20}}
        publish_weights(review.database, PROGRAMME, {"criteria": criteria, "quality_floor": 99}, at(1), **WHY)
    else:
        review.change("next", "mentor", languages=spoken("cy"))
    says_no(review)
    review.rounds()
    assert mentor_of(review) == (None if change == "weights" else "last")


@pytest.mark.parametrize("meanwhile", ["paused", "blocked", "place", "weights", "left"])
def test_what_changes_between_looking_and_asking_is_seen_under_lock(
    review: Scenario, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    says_no(review)

    def then_something_happens(*told: Any) -> tuple[Pair, ...]:
        found = harmless_alternates(*told)
        assert found == (Pair("sam", "next"),)
        if meanwhile == "paused":
            review.receive(profiles.PersonPaused, "next")
        elif meanwhile == "blocked":
            block_pair(review.database, PROGRAMME, Pair("sam", "next"), **WHY)
        elif meanwhile == "left":
            review.receive(profiles.PersonLeft, "sam")
        elif meanwhile == "weights":
            publish_weights(review.database, PROGRAMME, {"quality_floor": 99}, at(1), **WHY)
        else:
            with review.database.begin() as store:
                assert store.places.take({"next": 1}) == {"next": 1}
        return found

    monkeypatch.setattr(asking, "harmless_alternates", then_something_happens)
    assert asking.offer_alternates(review.database, review.terms, PROGRAMME) == 0
    assert (mentor_of(review), len(review.published(MatchProposed))) == (None, 1)


def test_asking_alternates_twice_makes_one_offer(review: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    says_no(review)
    found = asking._due_alternates(review.database, PROGRAMME)
    monkeypatch.setattr(asking, "_due_alternates", lambda *_: found)
    assert [asking.offer_alternates(review.database, review.terms, PROGRAMME) for _ in range(2)] == [1, 0]
    assert (mentor_of(review), review.places("next")) == ("next", (1, 1))


def test_of_two_who_want_the_same_last_place_neither_is_asked_twice_over(scenario: Scenario) -> None:
    scenario.decide = run_round
    scenario.mentor("a"), scenario.mentor("b"), scenario.mentor("spare")
    scenario.mentee("sam"), scenario.mentee("jo")
    scenario.rounds()
    for mentee in ("sam", "jo"):
        says_no(scenario, mentee)
    scenario.rounds()
    asked = [mentor_of(scenario, mentee) for mentee in ("sam", "jo")]
    assert len({mentor for mentor in asked if mentor}) == 2, "the round gives each another's mentor or the spare one"
    assert all(scenario.places(mentor)[0] <= 1 for mentor in ("a", "b", "spare"))


def test_a_match_that_had_begun_is_followed_by_a_round(review: Scenario) -> None:
    match = review.live("sam")
    assert match is not None
    accept_match(review.database, review.terms, person("best"), match.id)
    confirm_match(review.database, person("sam"), match.id)
    review.forward(days=5)
    request_other_mentor(review.database, person("sam"), match.id)
    review.rounds()
    assert (mentor_of(review), in_review(review) is not None) == (None, True)


def test_a_mentee_whom_a_later_round_has_seen_gets_no_alternate(review: Scenario) -> None:
    for mentor in ("next", "last"):
        review.receive(profiles.PersonPaused, mentor)
    says_no(review)
    with review.database.begin(read_only=True) as store:
        assert [one.mentee_id for one in store.matches.turned_down(PROGRAMME)] == ["sam"]
    review.rounds()
    assert rounds(review)[0].unmatched == 1
    with review.database.begin(read_only=True) as store:
        assert store.matches.turned_down(PROGRAMME) == []
