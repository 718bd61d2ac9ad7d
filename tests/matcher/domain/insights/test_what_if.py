from dataclasses import replace
from datetime import timedelta

from services.matcher.domain.candidates import Pair
from services.matcher.domain.insights.disclosure_control import TOGETHER
from services.matcher.domain.insights.what_if import Guardrail, prepare, what_if
from services.matcher.domain.round import Snapshot, run_round
from tests.support.people import a_mentee, a_mentor, a_snapshot, only, spoken, weights


def a_pool(**more: frozenset[Pair]) -> Snapshot:
    mentees = [
        a_mentee("cook", topics=("food",), goals=("social",)),
        a_mentee("friend", topics=("work",), goals=("practical",)),
        a_mentee("left_out", topics=("sleep",), waited=timedelta(0)),
    ]
    mentors = [
        a_mentor("m1", topics=("food",), goals=("practical",)),
        a_mentor("m2", topics=("work",), goals=("social",)),
    ]
    return a_snapshot(mentees, mentors, weights(topics=100, goals=0), **more)


def test_the_same_weights_change_nothing() -> None:
    result = what_if(a_pool(), weights(topics=100, goals=0))
    assert (result.changed, result.gained, result.lost) == ((), (), ())
    assert result.before_by_current == result.after_by_candidate
    assert result.optimal


def test_a_what_if_lists_changes_and_evaluates_both_answers_under_both_weights() -> None:
    result = what_if(a_pool(), weights(topics=0, goals=100))
    assert result.changed == ("cook", "friend")
    assert result.after_by_candidate.fit > result.before_by_candidate.fit
    assert result.after_by_current.fit < result.before_by_current.fit
    assert sum(result.after_by_candidate.histogram()) == result.after_by_candidate.matched == 2


def test_a_what_if_predicts_the_next_round() -> None:
    candidate = weights(topics=0, goals=100)
    predicted = what_if(a_pool(), candidate)
    result = run_round(replace(a_pool(), weights=candidate))
    assert {proposal.mentee_id: proposal.score for proposal in result.proposals} == predicted.after_by_candidate.scores


def test_a_prepared_what_if_gives_the_same_answer() -> None:
    for pool in (a_pool(), a_pool(pins=frozenset({Pair("cook", "m2")}))):
        prepared = prepare(pool)
        for candidate in (weights(topics=0, goals=100), weights(quality_floor=70)):
            assert what_if(pool, candidate, prepared) == what_if(pool, candidate)


def test_other_closeness_tables_are_encoded_again() -> None:
    pool = a_snapshot([a_mentee("sam", diabetes_type="t1d")], [a_mentor("kim", diabetes_types=("t2d",))])
    open_types = replace(weights(), closeness={"diabetes_type": {"t1d": {"t2d": 60}}})
    result = what_if(pool, open_types, prepare(pool))
    assert result.gained == ("sam",)


def test_waits_are_reported_before_and_after_and_promises_under_both_weights() -> None:
    waited = {"a": 20, "b": 10, "c": 4, "d": 2, "e": 1}  # days; a promise is for fourteen
    mentees = [
        a_mentee(name, waited=timedelta(days=days), topics=("food",) if name in "ad" else ("work",))
        for name, days in waited.items()
    ]
    pool = a_snapshot(mentees, [a_mentor("m", capacity=2, topics=("work",))], only("topics"))
    stricter = replace(only("topics"), quality_floor=60, promise_hours={"newly_diagnosed": 72, "standard": 24 * 3})
    result = what_if(pool, stricter)
    assert set(result.before_by_current.scores) == {"a", "b"}
    assert set(result.after_by_current.scores) == {"b", "c"}
    kept = [
        (one.matched_past_promise, one.left_past_promise, one.median_wait_left)
        for one in (
            result.before_by_current,
            result.before_by_candidate,
            result.after_by_current,
            result.after_by_candidate,
        )
    ]
    assert kept == [(1, 0, 48.0), (2, 1, 48.0), (0, 1, 48.0), (2, 1, 48.0)]


def test_without_unmatched_mentees_there_is_no_median_wait() -> None:
    result = what_if(a_snapshot([a_mentee("sam")], [a_mentor("kim")]), weights(quality_floor=100))
    assert result.before_by_current.median_wait_left is None
    assert result.after_by_current.median_wait_left == 24.0


def test_a_group_that_loses_raises_an_alert_and_a_small_one_stays_hidden() -> None:
    rails = who_loses_by_a_floor(es=6, fr=5, en=1)
    assert rails["es"].alert
    assert (rails["es"].matched_before, rails["es"].matched_after) == (6, 0)
    assert rails["en"].people is None


def test_a_small_group_cannot_be_computed_from_the_others_and_the_total() -> None:
    rails = who_loses_by_a_floor(es=6, fr=5, en=1)
    assert (rails["fr"].people, rails["fr"].matched_before, rails["fr"].alert) == (None, None, False)
    together = rails[TOGETHER]
    assert (together.people, together.matched_before, together.matched_after, together.alert) == (6, 6, 0, True)


def who_loses_by_a_floor(**speakers: int) -> dict[str, Guardrail]:
    """Return the guardrails by language when a quality floor leaves every mentee without a mentor."""
    mentees = [
        a_mentee(f"{tag}{n}", languages=spoken(tag), topics=("food",))
        for tag, count in speakers.items()
        for n in range(count)
    ]
    tongues = spoken(*speakers, level="conversational")
    mentors = [a_mentor(f"m{n}", languages=tongues, topics=("work",)) for n in range(len(mentees))]
    result = what_if(a_snapshot(mentees, mentors, weights()), weights(quality_floor=99))
    return {rail.group.code: rail for rail in result.guardrails if rail.group.axis == "language"}
