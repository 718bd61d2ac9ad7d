"""Explanations of a wait from the current pool."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.chassis.i18n.translations import Words
from services.events.facts import DeviceInterest, DeviceLived, Must
from services.events.profiles import PersonErased
from services.matcher.bootstrap import WORDS
from services.matcher.domain.records import Waiting
from services.matcher.domain.round import run_round
from services.matcher.use_cases.end_match import end_match
from services.matcher.use_cases.engine_access.engine_queue import EngineQueue
from services.matcher.use_cases.explain_wait import WaitDetails, explain_wait
from services.matcher.use_cases.publish_weights import publish_in
from services.matcher.use_cases.read_figures import read_figures
from services.matcher.use_cases.review_round import release_round, set_round_mode
from services.matcher.use_cases.wording.causes_and_rules import format_cause, format_preset, format_rule
from services.matcher.use_cases.wording.wait_reasons import format_wait_reasons
from tests.matcher.scenario import ADMIN, PROGRAMME, Scenario, person, spoken

ENGLISH = Words(WORDS).of("en")


@pytest.fixture
def solved(scenario: Scenario) -> Scenario:
    scenario.decide = run_round
    return scenario


def test_a_must_comes_with_the_mentors_that_dropping_it_would_open(solved: Scenario) -> None:
    solved.mentor(gender="man"), solved.mentor(gender="man")
    mentee = solved.mentee(musts=(Must(criterion="gender", value="woman"),))
    solved.rounds()
    why, admins = (explain_wait(solved.database, EngineQueue(), by, mentee, "en") for by in (person(mentee), ADMIN))
    assert (why.cause, why.rules) == ("hard_rule", ("must:gender",))
    assert [(one.rules, one.several, one.mentors) for one in why.relaxations] == [(("must:gender",), False, None)]
    assert format_wait_reasons(why, ENGLISH)[-1].endswith("Then someone would fit.")
    assert [one.mentors for one in admins.relaxations] == [2]
    assert format_wait_reasons(admins, ENGLISH)[-1].endswith("Mentors who would then fit: 2.")


def test_five_mentors_are_several(solved: Scenario) -> None:
    for _ in range(5):
        solved.mentor(gender="man")
    mentee = solved.mentee(musts=(Must(criterion="gender", value="woman"),))
    solved.rounds()
    why = explain_wait(solved.database, EngineQueue(), person(mentee), mentee, "en")
    assert format_wait_reasons(why, ENGLISH)[-1].endswith("Then several mentors would fit.")


def test_a_mentor_who_is_not_ready_yet_is_no_full_place_and_no_promise(solved: Scenario) -> None:
    solved.mentor(approved=False, gender="man")
    plain, asks = solved.mentee(), solved.mentee(musts=(Must(criterion="gender", value="woman"),))
    solved.rounds()
    for by in (person, lambda _: ADMIN):
        why = explain_wait(solved.database, EngineQueue(), by(plain), plain, "en")
        assert format_wait_reasons(why, ENGLISH) == ["There are mentors who fit, but they aren't ready to start yet."]
        why = explain_wait(solved.database, EngineQueue(), by(asks), asks, "en")
        assert (why.cause, why.relaxations[0].awaits) == ("hard_rule", ("ready",))
        assert "once they're ready" in format_wait_reasons(why, ENGLISH)[-1]


def test_the_quality_floor_is_no_full_place(solved: Scenario) -> None:
    solved.mentor()
    mentee = solved.mentee()
    with solved.database.begin() as store:
        now = store.weights.current(PROGRAMME).weights
        strict = replace(now, version=now.version + 1, quality_floor=99)
        publish_in(store, PROGRAMME, strict, after=now.version, by="admin", reason="fewer, better")
    solved.rounds()
    why = explain_wait(solved.database, EngineQueue(), person(mentee), mentee, "en")
    assert (why.cause, why.rules) == ("capacity", ("quality_floor",))
    assert format_wait_reasons(why, ENGLISH) == [
        "We're looking for a mentor who fits you better than those we have now."
    ]


def crowded(scenario: Scenario) -> str:
    """Two people for one place, and no round yet."""
    scenario.mentor("mentor", languages=spoken("cy"), capacity=1)
    scenario.mentee("first", languages=spoken("cy"))
    scenario.forward(hours=1)
    return scenario.mentee("second", languages=spoken("cy"))


def test_before_any_round_nothing_is_claimed(solved: Scenario) -> None:
    crowded(solved)
    why = explain_wait(solved.database, EngineQueue(), ADMIN, "second", "en")
    assert (why.cause, why.details) == ("next_round", WaitDetails())


def short_of_a_place(scenario: Scenario, people: int) -> str:
    """People of one profile whose mentor has a place for all but one, and all of those places are free just now."""
    profile: dict[str, Any] = {
        "languages": spoken("cy"),
        "diabetes_type": "mody",
        "devices": (DeviceInterest(device_class="diy_aid", stage="using"),),
        "musts": (Must(criterion="gender", value="woman"),),
    }
    known: dict[str, Any] = {"languages": spoken("cy"), "diabetes_types": ("mody",), "gender": "woman"}
    scenario.mentor("mentor", devices=(DeviceLived(device_class="diy_aid"),), capacity=people - 1, **known)
    names = [scenario.mentee(f"mentee-{'abcdefgh'[place]}", **profile) for place in range(people)]
    scenario.rounds()
    waiting = [name for name in names if scenario.live(name) is None]
    for name in set(names) - set(waiting):
        asked = scenario.live(name)
        assert asked is not None
        end_match(scenario.database, ADMIN, asked.id, cause="withdrawn", reason="moved away")
    return waiting[0]


def test_a_shortage_names_to_admins_the_crowd_that_proves_it(solved: Scenario) -> None:
    waiting = short_of_a_place(solved, 2)
    why = explain_wait(solved.database, EngineQueue(), ADMIN, waiting, "en")
    assert why.details is not None
    assert (why.cause, why.details.suitable, why.details.free) == ("shortage", 1, 1)
    crowd = why.details.crowd
    assert crowd is not None
    assert (crowd.mentees, crowd.mentors, crowd.places) == (("mentee-a", "mentee-b"), ("mentor",), 1)
    assert ("language", "cy") in crowd.have_in_common
    assert "Welsh" in format_wait_reasons(why, ENGLISH)[1]


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
@pytest.mark.parametrize(("people", "sentences"), [(2, 1), (4, 1), (5, 2)])
def test_a_person_reads_no_number_and_nothing_about_others(
    solved: Scenario, people: int, sentences: int, locale: str
) -> None:
    """With two who need the same place, what they have in common is the profile of the other one."""
    waiting, phrases = short_of_a_place(solved, people), Words(WORDS).of(locale)
    why = explain_wait(solved.database, EngineQueue(), person(waiting), waiting, "en")
    assert (why.cause, why.details, why.crowded) == ("shortage", None, people >= 5)
    texts = format_wait_reasons(why, phrases)
    assert len(texts) == sentences, texts
    assert texts[0] == format_cause("shortage", (), phrases)
    assert not any(sign.isnumeric() for sentence in texts for sign in sentence), texts
    if sentences == 2 and locale == "en":
        assert texts[1] == "Many people need the same few mentors right now."


def test_a_changed_pool_is_read_again(solved: Scenario) -> None:
    queue, waiting = EngineQueue(), crowded(solved)
    solved.rounds()
    assert suitable(solved, queue, waiting) == 1
    solved.mentor(languages=spoken("cy"), capacity=0)
    assert suitable(solved, queue, waiting) == 2


def suitable(scenario: Scenario, queue: EngineQueue, mentee: str) -> int | None:
    details = explain_wait(scenario.database, queue, ADMIN, mentee, "en").details
    return details.suitable if details else None


def test_a_code_without_a_text_is_shown_as_it_is() -> None:
    assert (format_rule("what_comes_later", ENGLISH), format_preset("mine", ENGLISH)) == ("what_comes_later", "mine")


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
def test_every_rule_has_words_in_every_language(locale: str) -> None:
    from services.matcher.domain.weights import criterion_names, preset_names

    phrases = Words(WORDS).of(locale)
    rules = ["ready", "request_shape", "cleared", "excluded", "blocked", "quality_floor", "places", "no_mentors"]
    rules += [f"must:{name}" for name in ("gender", "device_class", "relation", "format", "language")]
    rules += [name for name in criterion_names() if name != "load"]
    texts = {rule: format_rule(rule, phrases) for rule in rules}
    assert all(words and words != rule for rule, words in texts.items()), texts
    assert all(format_preset(name, phrases) != name for name in preset_names())


def waiting_of(scenario: Scenario, mentee: str) -> Waiting:
    with scenario.database.begin(read_only=True) as store:
        found = store.waits.wait_of(mentee)
    assert found is not None
    return found


def later_rounds(scenario: Scenario, rounds: int = 3) -> None:
    """Rounds that find all places as the last one left them."""
    for _ in range(rounds):
        scenario.forward(hours=1)
        scenario.run()


def test_a_shortage_and_its_round_stay_while_later_rounds_have_no_place(solved: Scenario) -> None:
    second = crowded(solved)
    solved.rounds()
    decided = waiting_of(solved, second)
    assert decided.cause == "shortage"
    later_rounds(solved)
    assert waiting_of(solved, second) == decided, "later rounds found no free place, and decided nothing"
    why = explain_wait(solved.database, EngineQueue(), ADMIN, second, "en")
    assert (why.cause, why.rules, why.round_id) == ("shortage", ("places",), decided.round_id)
    assert why.details is not None
    assert (why.details.suitable, why.details.free) == (1, 0), "as it is now"
    assert why.details.crowd is not None
    assert why.details.crowd.mentees == ("first", "second")
    assert format_wait_reasons(why, ENGLISH)[0] == "The mentors who fit are with other people right now."
    own = explain_wait(solved.database, EngineQueue(), person(second), second, "en")
    assert (own.cause, own.details, own.crowded) == ("shortage", None, False)


def test_a_shortage_stays_after_its_round_is_released(solved: Scenario) -> None:
    set_round_mode(solved.database, PROGRAMME, "review", by="admin", reason="look first")
    solved.mentor(capacity=3)
    names = [solved.mentee(f"mentee-{letter}") for letter in "abcdefgh"]
    solved.rounds()
    with solved.database.begin(read_only=True) as store:
        held = store.rounds.in_review(PROGRAMME)
    assert held is not None
    release_round(solved.database, PROGRAMME, held.id, by="admin", reason="fine")
    solved.rounds()
    later_rounds(solved)
    left = [waiting_of(solved, name) for name in names if solved.live(name) is None]
    assert [(one.cause, one.round_id) for one in left] == [("shortage", held.id)] * 5
    assert read_figures(solved.database, PROGRAMME, 100).waiting == {"shortage": 5}


def test_a_mentee_who_signs_up_when_all_places_are_taken_waits_for_capacity(solved: Scenario) -> None:
    second = crowded(solved)
    solved.rounds()
    late = solved.mentee("late", languages=spoken("cy"))
    solved.rounds()
    assert [waiting_of(solved, name).cause for name in (second, late)] == ["shortage", "capacity"]
    assert explain_wait(solved.database, EngineQueue(), ADMIN, late, "en").cause == "capacity"


def test_a_round_with_places_to_give_decides_anew(solved: Scenario) -> None:
    second = crowded(solved)
    solved.rounds()
    first_round = waiting_of(solved, second).round_id
    solved.mentee("newly", languages=spoken("cy"), situations=("newly_diagnosed",))
    solved.mentor("other", languages=spoken("cy"), capacity=1)
    solved.rounds()
    assert solved.live("newly") is not None
    again = waiting_of(solved, second)
    assert again.cause == "shortage"
    assert again.round_id != first_round
    why = explain_wait(solved.database, EngineQueue(), ADMIN, second, "en")
    assert why.details is not None
    assert why.details.crowd is not None
    assert why.details.crowd.mentees == ("newly", "second")


def test_a_shortage_is_over_when_no_mentor_suits_any_more(solved: Scenario) -> None:
    second = crowded(solved)
    solved.rounds()
    solved.change("mentor", "mentor", languages=spoken("es"))
    solved.rounds()
    assert waiting_of(solved, second).cause == "never_possible"
    assert explain_wait(solved.database, EngineQueue(), ADMIN, second, "en").cause == "never_possible"


def test_a_mentee_with_new_wishes_is_decided_anew(solved: Scenario) -> None:
    second = crowded(solved)
    solved.rounds()
    solved.change(second, "mentee", topics=("food",))
    assert waiting_of(solved, second).cause is None
    solved.rounds()
    assert waiting_of(solved, second).cause == "capacity"


def test_an_event_without_changes_keeps_the_reason(solved: Scenario) -> None:
    second = crowded(solved)
    solved.rounds()
    solved.change(second, "mentee")
    solved.rounds()
    assert waiting_of(solved, second).cause == "shortage"


def test_a_reason_whose_round_is_no_longer_stored_comes_without_the_crowd(solved: Scenario) -> None:
    bystander, second = solved.mentee(languages=spoken("fr")), crowded(solved)
    solved.rounds()
    solved.receive(PersonErased, bystander)
    solved.rounds()
    why = explain_wait(solved.database, EngineQueue(), ADMIN, second, "en")
    assert (why.cause, why.details) == ("shortage", WaitDetails(suitable=1, free=0))
    assert explain_wait(solved.database, EngineQueue(), person(second), second, "en").cause == "shortage"
