"""Encoded answers are kept with people who did not change: the bytes are those without, and nothing is out of date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.round import Snapshot, decide_round, result_to_json, run_round, snapshot_to_json
from services.matcher.domain.weights import Mode, Setting, Weights, default_weights
from tests.support.people import (
    NOW,
    a_mentee,
    a_mentor,
    a_snapshot,
    asks_about,
    lived_with,
    only,
    spoken,
    stage,
    weights,
)

AT = datetime(2025, 6, 2, 20, tzinfo=UTC)


def without_features(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot of equal people who were never encoded."""
    mentees, mentors = map(replace, snapshot.mentees), map(replace, snapshot.mentors)
    return replace(snapshot, mentees=tuple(mentees), mentors=tuple(mentors))


def other_weights(dice: Random) -> Weights:
    topics = Setting(Mode(dice.choice(("soft", "hard", "off"))), dice.randint(0, 100))
    closeness = {"diabetes_type": {"t1d": {"t2d": dice.choice((0, 60))}}} if dice.random() < 0.5 else {}
    start = default_weights()
    return replace(
        start, criteria={**start.criteria, "topics": topics}, closeness=closeness, coverage=dice.choice((100, 60))
    )


def changed_facts(person: Any, dice: Random) -> Any:
    topics = tuple(dice.sample(("food", "work", "sleep", "travel"), 2))
    return replace(person, facts=replace(person.facts, topics=topics, languages=spoken(dice.choice(("en", "es")))))


@pytest.mark.parametrize("seed", range(8))
def test_rolling_rounds_give_the_same_bytes_with_kept_features_as_without(seed: int) -> None:
    """People change, leave and come, offers are declined, weights and tables change, hours and days pass."""
    dice = Random(f"kept:{seed}")
    mentees, mentors = pool_of(programme(seed, 14, 44), at=AT)
    waiting, helping = {one.id: one for one in mentees[:30]}, {one.id: one for one in mentors}
    at, given = AT, default_weights()
    for _ in range(8):
        snapshot = Snapshot(
            programme="cairn", at=at, weights=given, mentees=tuple(waiting.values()), mentors=tuple(helping.values())
        )
        assert snapshot_to_json(snapshot) == snapshot_to_json(without_features(snapshot))
        kept, fresh = decide_round(snapshot).result, decide_round(without_features(snapshot)).result
        assert result_to_json(kept) == result_to_json(fresh)
        for person in dice.sample(sorted(waiting), 3):
            waiting[person] = changed_facts(waiting[person], dice)
        for person in dice.sample(sorted(helping), 2):
            helping[person] = changed_facts(helping[person], dice)
            helping[person] = replace(helping[person], taken=dice.randint(0, 1), paused=dice.random() < 0.2)
        for proposal in kept.proposals[:3]:
            refused = waiting[proposal.mentee_id]
            waiting[refused.id] = replace(refused, excluded=refused.excluded | {proposal.mentor_id}, tries=1)
        del waiting[dice.choice(sorted(waiting))]
        waiting |= {one.id: one for one in dice.sample(mentees, 2)}
        at += dice.choice((timedelta(minutes=1), timedelta(hours=5), timedelta(days=40)))
        given = other_weights(dice) if dice.random() < 0.5 else given


def score(mentee: Mentee, mentor: Mentor, at: datetime = NOW, given: Weights | None = None) -> int | None:
    """Return the score of the only possible pair, None where a rule forbids it; people keep their features."""
    result = run_round(replace(a_snapshot([mentee], [mentor], given), at=at))
    return result.proposals[0].score if result.proposals else None


def test_new_weights_change_the_text_of_a_snapshot_and_no_persons_part_of_it() -> None:
    snapshot = a_snapshot([a_mentee()], [a_mentor()])
    before, after = snapshot_to_json(snapshot), snapshot_to_json(replace(snapshot, weights=only("topics", "hard")))
    assert before != after == snapshot_to_json(without_features(replace(snapshot, weights=only("topics", "hard"))))
    people = [text[text.index('"mentees"') : text.index('"pins"')] for text in (before, after)]
    assert people[0] == people[1]


def test_a_stage_of_life_that_ends_overnight_counts_no_longer() -> None:
    mentee, mentor = a_mentee(life_stages=(stage("pregnant", NOW.date()),)), a_mentor(life_stages=("student",))
    assert score(mentee, mentor, NOW, only("life_stage")) == 0
    assert score(mentee, mentor, NOW + timedelta(days=1), only("life_stage")) == 50
    assert score(mentee, mentor, NOW, only("life_stage")) == 0


def test_a_training_that_ends_overnight_excludes_the_mentor() -> None:
    mentee, mentor = a_mentee(), a_mentor(trained_until=date(2030, 1, 30))
    assert score(mentee, mentor) is not None
    assert score(mentee, mentor, NOW + timedelta(days=1)) is None


def test_experience_with_a_device_ages() -> None:
    mentee = a_mentee(devices=(asks_about("aid"),))
    mentor = a_mentor(devices=(lived_with("aid", until="2029-12"),), trained_until=date(2040, 1, 1))
    scores = [score(mentee, mentor, NOW.replace(year=year), only("device", "hard")) for year in (2030, 2032, 2036)]
    assert scores == [100, 80, 60]


def test_newly_diagnosed_people_lose_their_lane_after_six_months() -> None:
    newly, standard = a_mentee("newly", diagnosed="2030-01"), a_mentee("standard", waited=timedelta(days=9))
    mentor, no_promise = a_mentor(), replace(weights(), promise_hours={"newly_diagnosed": 10**6, "standard": 10**6})
    first = [
        run_round(replace(a_snapshot([newly, standard], [mentor], no_promise), at=at)).proposals[0].mentee_id
        for at in (NOW, NOW + timedelta(days=220))
    ]
    assert first == ["newly", "standard"]


def test_a_changed_answer_a_new_closeness_and_another_mode_count_at_once() -> None:
    mentee, mentor = a_mentee(topics=("food",)), a_mentor(topics=("work",))
    assert score(mentee, mentor, given=only("topics")) == 0
    assert score(mentee, mentor, given=replace(only("topics"), closeness={"topics": {"food": {"work": 50}}})) == 50
    assert score(mentee, mentor, given=only("topics", "hard")) is None
    asks_work = replace(mentee, facts=replace(mentee.facts, topics=("work",)))
    assert score(asks_work, mentor, given=only("topics", "hard")) == 100
