"""The states of a match, step by step and in random sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events.matcher import (
    MatchAccepted,
    MatchActivated,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchProposed,
    Reason,
)
from services.matcher.domain import match as life
from services.matcher.domain.match import Events, Match, MatchMovedOn

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_match() -> Match:
    new = Match(
        id="match-1",
        programme_id="cairn",
        mentee_id="mentee-1",
        mentor_id="mentor-1",
        round_id="round-1",
        waiting_since=NOW - 5 * HOUR,
        proposed_at=NOW,
        asked_at=NOW,
        answer_by=None,
    )
    return life.propose(new, NOW + 72 * HOUR)[0]


def test_a_life_stage_is_shown_only_once_the_mentor_has_accepted() -> None:
    language = Reason(criterion="language", band="strong", codes=("es",))
    stage = Reason(criterion="life_stage", band="good", codes=("pregnant",))
    asked, (proposed,) = life.propose(replace(a_match(), reasons=(language, stage)), NOW + 72 * HOUR)
    assert isinstance(proposed, MatchProposed)
    assert proposed.reasons == asked.reasons_told == (language, replace(stage, codes=()))
    after, (accepted_event,) = life.accept(asked, NOW + HOUR, NOW + 73 * HOUR)
    assert isinstance(accepted_event, MatchAccepted)
    assert accepted_event.reasons == after.reasons_told == (language, stage)
    declined, _ = life.decline(asked, "mentor", NOW + HOUR)
    assert declined.reasons_told == proposed.reasons, "a decline does not reveal what an acceptance would"


def test_a_reason_of_a_removed_criterion_is_shown_unchanged() -> None:
    gone = Reason(criterion="not-there-any-more", band="good", codes=("x",))
    assert replace(a_match(), reasons=(gone,)).reasons_told == (gone,)


def accepted() -> Match:
    return life.accept(a_match(), NOW + HOUR, NOW + 73 * HOUR)[0]


def active() -> Match:
    return life.confirm(accepted(), NOW + 2 * HOUR)[0]


def ended() -> Match:
    return life.end(active(), "completed", "mentee", NOW + 3 * HOUR)[0]


def test_a_match_is_active_once_both_accept() -> None:
    after, events = life.accept(a_match(), NOW + HOUR, NOW + 73 * HOUR)
    assert (after.state, after.answer_by, after.awaits) == ("accepted", NOW + 73 * HOUR, "mentee")
    assert [type(event) for event in events] == [MatchAccepted]
    after, events = life.confirm(after, NOW + 2 * HOUR)
    assert (after.state, after.answer_by, after.awaits) == ("active", None, None)
    assert isinstance(events[0], MatchActivated)
    assert events[0].waited_seconds == 7 * 3600


def test_a_decline_publishes_no_reason() -> None:
    after, events = life.decline(a_match(), "mentor", NOW, "too_close_to_home")
    assert (after.state, after.end_cause, after.decline_reason) == ("ended", "declined", "too_close_to_home")
    assert [type(event) for event in events] == [MatchDeclined, MatchEnded]
    assert "too_close_to_home" not in repr(events)


def test_a_match_without_an_answer_expires_at_the_deadline() -> None:
    match = a_match()
    with pytest.raises(MatchMovedOn):
        life.expire(match, NOW + 72 * HOUR - timedelta(microseconds=1))
    after, events = life.expire(match, NOW + 72 * HOUR)
    assert (after.state, after.end_cause, after.ended_by) == ("ended", "expired", "time")
    assert isinstance(events[0], MatchExpired)
    assert events[0].waiting_for == "mentor"


@pytest.mark.parametrize("late", [timedelta(0), HOUR])
def test_an_answer_after_the_deadline_is_too_late_even_before_the_match_expired(late: timedelta) -> None:
    with pytest.raises(MatchMovedOn) as refused:
        life.accept(a_match(), NOW + 72 * HOUR + late, NOW + 200 * HOUR)
    assert refused.value.code == "answer_too_late"
    assert refused.value.now is not None
    assert refused.value.now["end_cause"] == "expired"


def test_a_side_is_reminded_once_half_way_to_the_deadline() -> None:
    match = a_match()
    with pytest.raises(MatchMovedOn):
        life.remind(match, NOW + 35 * HOUR)
    reminded, events = life.remind(match, NOW + 36 * HOUR)
    assert len(events) == 1
    assert reminded.remind_at is None
    with pytest.raises(MatchMovedOn):
        life.remind(reminded, NOW + 37 * HOUR)
    again = life.accept(reminded, NOW + 40 * HOUR, NOW + 112 * HOUR)[0]
    assert again.remind_at == NOW + 76 * HOUR


def test_not_the_fit_before_confirming_is_a_decline_and_afterwards_an_end() -> None:
    assert life.not_the_fit(accepted(), NOW + 2 * HOUR)[0].end_cause == "declined"
    assert life.not_the_fit(active(), NOW + 3 * HOUR)[0].end_cause == "not_the_fit"


STEPS: dict[str, Callable[[Match, datetime], tuple[Match, Events]]] = {
    "accept": lambda match, at: life.accept(match, at, at + 72 * HOUR),
    "confirm": life.confirm,
    "decline as mentor": lambda match, at: life.decline(match, "mentor", at),
    "decline as mentee": lambda match, at: life.decline(match, "mentee", at),
    "not the fit": life.not_the_fit,
    "lapse": life.expire,
    "remind": life.remind,
    "end": lambda match, at: life.end(match, "withdrawn", "admin", at),
}
LEGAL = {
    "proposed": {"accept", "decline as mentor", "lapse", "remind", "end"},
    "accepted": {"confirm", "decline as mentee", "not the fit", "lapse", "remind", "end"},
    "active": {"not the fit", "end"},
    "ended": set[str](),
}


@pytest.mark.parametrize("match", [a_match(), accepted(), active(), ended()], ids=lambda match: match.state)
@pytest.mark.parametrize("step", STEPS)
def test_every_illegal_step_is_refused_with_the_current_state(match: Match, step: str) -> None:
    at = NOW + {"lapse": 1000 * HOUR, "remind": 40 * HOUR}.get(step, 10 * HOUR)
    if step in LEGAL[match.state]:
        after, events = STEPS[step](match, at)
        assert after != match
        assert events
        return
    with pytest.raises(MatchMovedOn) as refused:
        STEPS[step](match, at)
    assert refused.value.now is not None
    assert refused.value.now["state"] == match.state


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 100)), max_size=12))
def test_ended_is_final_and_published_once(steps: list[tuple[str, int]]) -> None:
    match, at, ends = a_match(), NOW, 0
    for name, hours in steps:
        at += hours * HOUR
        try:
            after, events = STEPS[name](match, at)
        except MatchMovedOn:
            continue
        assert match.live, "nothing follows an end"
        ends += sum(isinstance(event, MatchEnded) for event in events)
        assert ends == (after.state == "ended")
        assert (after.answer_by is not None) == (after.awaits is not None)
        assert (after.ended_at is not None) == (not after.live)
        match = replace(after, version=match.version + 1)
