"""Rounds on small pools."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matcher.domain.candidates import Pair
from services.matcher.domain.round import RoundResult, run_round
from services.matcher.domain.weights import default_weights
from tests.support.people import a_mentee, a_mentor, a_snapshot, asks_about, lived_with, must, spoken, weights


def pairs(result: RoundResult) -> dict[str, str]:
    return {proposal.mentee_id: proposal.mentor_id for proposal in result.proposals}


def test_people_who_speak_the_same_language_are_matched() -> None:
    result = run_round(
        a_snapshot(
            [a_mentee("luz", languages=spoken("es")), a_mentee("sam")],
            [a_mentor("alex"), a_mentor("ines", languages=spoken("es"))],
        )
    )
    assert pairs(result) == {"luz": "ines", "sam": "alex"}
    assert result.certificate.proves_optimal
    assert result.proposals[0].reasons[0].criterion == "language"
    assert result.proposals[0].reasons[0].codes == ("es",)


def test_as_many_people_as_possible_come_before_the_best_single_pair() -> None:
    both, english = a_mentor("both", languages=spoken("en", "es"), topics=("food",)), a_mentor("english")
    english_speaker = a_mentee("a", topics=("food",))
    only_spanish = a_mentee("b", languages=spoken("es"))
    assert pairs(run_round(a_snapshot([english_speaker, only_spanish], [both, english]))) == {
        "a": "english",
        "b": "both",
    }


def test_a_low_dial_leaves_someone_waiting_for_a_better_pair() -> None:
    mentors = [a_mentor("both", languages=spoken("en", "es"), topics=("food",), goals=("social",))]
    mentees = [
        a_mentee("close", topics=("food",), goals=("social",), waited=timedelta(0)),
        a_mentee("far", languages=spoken("es", level="conversational"), topics=("work",), goals=("practical",)),
    ]
    assert pairs(run_round(a_snapshot(mentees, mentors, weights(coverage=0)))) == {"close": "both"}
    assert pairs(run_round(a_snapshot(mentees, mentors, weights(coverage=100)))) == {"far": "both"}


def test_the_longer_wait_goes_first_when_places_are_short() -> None:
    mentees = [a_mentee("new", topics=("food",)), a_mentee("long", waited=timedelta(days=10))]
    assert pairs(run_round(a_snapshot(mentees, [a_mentor(topics=("food",))]))) == {"long": "mentor"}


def test_no_mentor_gets_more_people_than_places() -> None:
    mentees = [a_mentee(f"e{n}") for n in range(5)]
    result = run_round(a_snapshot(mentees, [a_mentor("one"), a_mentor("two", capacity=3, taken=1)]))
    assert sorted(pairs(result).values()) == ["one", "two", "two"]
    assert [unmatched.cause for unmatched in result.unmatched] == ["shortage", "shortage"]


def test_a_long_haul_waits_where_a_short_request_still_finds_a_place() -> None:
    mentor = a_mentor(capacity=3, hours_per_month=4, taken=1, shapes_taken=("long_haul",))
    mentees = [a_mentee("long", request_shape="long_haul"), a_mentee("short", request_shape="one_thing")]
    result = run_round(a_snapshot(mentees, [mentor]))
    assert pairs(result) == {"short": "mentor"}
    assert [(unmatched.mentee_id, unmatched.cause) for unmatched in result.unmatched] == [("long", "capacity")]


def test_a_declined_mentee_is_offered_someone_else() -> None:
    mentors = [a_mentor("first", topics=("food",)), a_mentor("second")]
    before = run_round(a_snapshot([a_mentee("sam", topics=("food",))], mentors))
    assert pairs(before) == {"sam": "first"}
    assert before.alternates == (("sam", ("second",)),)
    after = run_round(a_snapshot([a_mentee("sam", topics=("food",), excluded=["first"])], mentors))
    assert pairs(after) == {"sam": "second"}


def test_a_pinned_pair_is_made_and_a_blocked_one_is_not() -> None:
    mentees = [a_mentee("sam", topics=("food",)), a_mentee("jo")]
    mentors = [a_mentor("alex", topics=("food",)), a_mentor("kim")]
    pinned = run_round(a_snapshot(mentees, mentors, pins=frozenset({Pair("sam", "kim")})))
    assert pairs(pinned) == {"sam": "kim", "jo": "alex"}
    assert [proposal.pinned for proposal in pinned.proposals] == [False, True]
    blocked = run_round(a_snapshot(mentees, mentors, blocks=frozenset({Pair("sam", "alex")})))
    assert pairs(blocked) == {"sam": "kim", "jo": "alex"}


def test_a_pin_that_breaks_a_rule_or_finds_no_place_is_reported_as_refused() -> None:
    mentees = [a_mentee("a"), a_mentee("b"), a_mentee("c", languages=spoken("es"))]
    pins = frozenset({Pair("a", "alex"), Pair("b", "alex"), Pair("c", "kim"), Pair("a", "nobody")})
    result = run_round(a_snapshot(mentees, [a_mentor("alex"), a_mentor("kim")], pins=pins))
    assert pairs(result) == {"a": "alex", "b": "kim"}
    assert set(result.refused_pins) == {Pair("b", "alex"), Pair("c", "kim"), Pair("a", "nobody")}


def test_an_unsent_proposal_is_made_again_when_that_costs_nothing() -> None:
    mentors = [a_mentor("alex"), a_mentor("kim")]
    for first, second in (("alex", "kim"), ("kim", "alex")):
        held = [a_mentee("sam", held=first), a_mentee("jo", held=second)]
        assert pairs(run_round(a_snapshot(held, mentors))) == {"sam": first, "jo": second}


def test_a_better_pair_replaces_an_unsent_proposal() -> None:
    mentors = [a_mentor("alex", topics=("food",)), a_mentor("kim")]
    result = run_round(a_snapshot([a_mentee("sam", topics=("food",), held="kim")], mentors))
    assert pairs(result) == {"sam": "alex"}


def test_the_quality_floor_holds_for_every_pair_of_the_round() -> None:
    mentees = [a_mentee("fits", topics=("food",)), a_mentee("far", topics=("work",), goals=("social",))]
    mentors = [a_mentor("alex", topics=("food",)), a_mentor("kim", topics=("food",), goals=("practical",))]
    result = run_round(a_snapshot(mentees, mentors, weights(quality_floor=68)))
    assert [proposal.score >= 68 for proposal in result.proposals] == [True]
    assert [(unmatched.mentee_id, unmatched.cause, unmatched.rules) for unmatched in result.unmatched] == [
        ("far", "capacity", ("quality_floor",))
    ]


def test_more_languages_than_a_mask_holds_still_match_exactly() -> None:
    tags = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    tags = [tag for tag in tags if len(tag) == 2][:90]
    mentees = [a_mentee(f"e-{tag}", languages=spoken(f"x-{tag}")) for tag in tags]
    mentors = [a_mentor(f"m-{tag}", languages=spoken(f"x-{tag}")) for tag in tags]
    result = run_round(a_snapshot(mentees, mentors))
    assert pairs(result) == {f"e-{tag}": f"m-{tag}" for tag in tags}


def test_an_empty_pool_and_a_pool_without_mentors_give_an_answer() -> None:
    assert run_round(a_snapshot([], [])).proposals == ()
    lonely = run_round(a_snapshot([a_mentee()], []))
    assert [(one.cause, one.rules) for one in lonely.unmatched] == [("never_possible", ("no_mentors",))]
    assert run_round(a_snapshot([], [a_mentor()])).unmatched == ()


def test_a_person_who_occurs_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        run_round(a_snapshot([a_mentee("sam"), a_mentee("sam")], []))


def test_weights_change_the_next_round() -> None:
    mentee = a_mentee("sam", topics=("food",), devices=(asks_about("aid", "loop"),))
    mentors = [
        a_mentor("cook", topics=("food",), devices=(lived_with("aid"),)),
        a_mentor("pump", devices=(lived_with("aid", "loop"),)),
    ]
    by_topic, by_device = weights(topics=100, device=1), weights(topics=1, device=100)
    assert pairs(run_round(a_snapshot([mentee], mentors, by_topic))) == {"sam": "cook"}
    assert pairs(run_round(a_snapshot([mentee], mentors, by_device))) == {"sam": "pump"}


def test_what_matters_most_to_a_mentee_moves_their_pair() -> None:
    asked: dict[str, Any] = {"topics": ("food",), "goals": ("social",)}
    mentors = [a_mentor("cook", topics=("food",)), a_mentor("friend", goals=("social",))]
    for matters, expected in ((("topics",), "cook"), (("goals",), "friend")):
        mentee = a_mentee("sam", matters_most=matters, **asked)
        boosted = replace(default_weights(), matters_boost=5)
        assert pairs(run_round(a_snapshot([mentee], mentors, boosted))) == {"sam": expected}


def test_a_must_is_never_traded_for_fit() -> None:
    mentee = a_mentee("sam", topics=("food",), musts=(must("gender", "woman"),))
    mentors = [a_mentor("he", topics=("food",), gender="man"), a_mentor("she", gender="woman")]
    assert pairs(run_round(a_snapshot([mentee], mentors))) == {"sam": "she"}
