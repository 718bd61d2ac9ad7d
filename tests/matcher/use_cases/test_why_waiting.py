"""What stands in the way of somebody who waits, told from the pool as it is."""

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
from tests.matcher.scenario import ADMIN, PROGRAMME, World, person, spoken

ENGLISH = Words(WORDS).of("en")


@pytest.fixture
def told(world: World) -> World:
    world.decide = run_round
    return world


def test_a_condition_of_their_own_comes_with_what_letting_it_go_would_open(told: World) -> None:
    told.mentor(gender="man"), told.mentor(gender="man")
    mentee = told.mentee(musts=(Must(criterion="gender", value="woman"),))
    told.rounds()
    why, admins = (explain_wait(told.house, EngineQueue(), by, mentee, "en") for by in (person(mentee), ADMIN))
    assert (why.cause, why.rules) == ("hard_rule", ("must:gender",))
    assert [(one.rules, one.several, one.mentors) for one in why.relaxations] == [(("must:gender",), False, None)]
    assert format_wait_reasons(why, ENGLISH)[-1].endswith("Somebody would fit then.")
    assert [one.mentors for one in admins.relaxations] == [2]
    assert format_wait_reasons(admins, ENGLISH)[-1].endswith("Mentors who would fit then: 2.")


def test_five_mentors_are_several(told: World) -> None:
    for _ in range(5):
        told.mentor(gender="man")
    mentee = told.mentee(musts=(Must(criterion="gender", value="woman"),))
    told.rounds()
    why = explain_wait(told.house, EngineQueue(), person(mentee), mentee, "en")
    assert format_wait_reasons(why, ENGLISH)[-1].endswith("Several mentors would fit then.")


def test_a_mentor_who_is_not_ready_yet_is_no_full_place_and_no_promise(told: World) -> None:
    told.mentor(approved=False, gender="man")
    plain, asks = told.mentee(), told.mentee(musts=(Must(criterion="gender", value="woman"),))
    told.rounds()
    for by in (person, lambda _: ADMIN):
        why = explain_wait(told.house, EngineQueue(), by(plain), plain, "en")
        assert format_wait_reasons(why, ENGLISH) == ["There are mentors who fit. They are not ready to start yet."]
        why = explain_wait(told.house, EngineQueue(), by(asks), asks, "en")
        assert (why.cause, why.relaxations[0].awaits) == ("hard_rule", ("ready",))
        assert "once they are ready" in format_wait_reasons(why, ENGLISH)[-1]


def test_the_quality_floor_is_no_full_place(told: World) -> None:
    told.mentor()
    mentee = told.mentee()
    with told.house.begin() as store:
        now = store.weights.current(PROGRAMME).weights
        strict = replace(now, version=now.version + 1, quality_floor=99)
        publish_in(store, PROGRAMME, strict, after=now.version, by="admin", reason="fewer, better")
    told.rounds()
    why = explain_wait(told.house, EngineQueue(), person(mentee), mentee, "en")
    assert (why.cause, why.rules) == ("capacity", ("quality_floor",))
    assert format_wait_reasons(why, ENGLISH) == [
        "We are looking for a mentor who fits you more closely than those we have now."
    ]


def crowded(world: World) -> str:
    """Two people for one place, and no round yet."""
    world.mentor("mentor", languages=spoken("cy"), capacity=1)
    world.mentee("first", languages=spoken("cy"))
    world.forward(hours=1)
    return world.mentee("second", languages=spoken("cy"))


def test_before_any_round_nothing_is_claimed(told: World) -> None:
    crowded(told)
    why = explain_wait(told.house, EngineQueue(), ADMIN, "second", "en")
    assert (why.cause, why.details) == ("next_round", WaitDetails())


def short_of_a_place(world: World, people: int) -> str:
    """People of one profile whose mentor has a place for all but one, and all of those places are free just now."""
    profile: dict[str, Any] = {
        "languages": spoken("cy"),
        "diabetes_type": "mody",
        "devices": (DeviceInterest(device_class="diy_aid", stage="using"),),
        "musts": (Must(criterion="gender", value="woman"),),
    }
    known: dict[str, Any] = {"languages": spoken("cy"), "diabetes_types": ("mody",), "gender": "woman"}
    world.mentor("mentor", devices=(DeviceLived(device_class="diy_aid"),), capacity=people - 1, **known)
    names = [world.mentee(f"mentee-{'abcdefgh'[place]}", **profile) for place in range(people)]
    world.rounds()
    waiting = [name for name in names if world.live(name) is None]
    for name in set(names) - set(waiting):
        asked = world.live(name)
        assert asked is not None
        end_match(world.house, ADMIN, asked.id, cause="withdrawn", reason="moved away")
    return waiting[0]


def test_a_shortage_names_to_admins_the_crowd_that_proves_it(told: World) -> None:
    waiting = short_of_a_place(told, 2)
    why = explain_wait(told.house, EngineQueue(), ADMIN, waiting, "en")
    assert why.details is not None
    assert (why.cause, why.details.suitable, why.details.free) == ("shortage", 1, 1)
    crowd = why.details.crowd
    assert crowd is not None
    assert (crowd.mentees, crowd.mentors, crowd.places) == (("mentee-a", "mentee-b"), ("mentor",), 1)
    assert ("language", "cy") in crowd.have_in_common
    assert "Welsh" in format_wait_reasons(why, ENGLISH)[1]


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
@pytest.mark.parametrize(("people", "sentences"), [(2, 1), (4, 1), (5, 2)])
def test_a_person_is_told_no_number_and_nothing_of_the_others(
    told: World, people: int, sentences: int, locale: str
) -> None:
    """With two who need the same place, what they have in common is the profile of the other one."""
    waiting, phrases = short_of_a_place(told, people), Words(WORDS).of(locale)
    why = explain_wait(told.house, EngineQueue(), person(waiting), waiting, "en")
    assert (why.cause, why.details, why.crowded) == ("shortage", None, people >= 5)
    said = format_wait_reasons(why, phrases)
    assert len(said) == sentences, said
    assert said[0] == format_cause("shortage", (), phrases)
    assert not any(sign.isnumeric() for sentence in said for sign in sentence), said
    if sentences == 2 and locale == "en":
        assert said[1] == "Many people need the same few mentors at the moment."


def test_a_pool_that_changed_is_looked_at_afresh(told: World) -> None:
    queue, waiting = EngineQueue(), crowded(told)
    told.rounds()
    assert suitable(told, queue, waiting) == 1
    told.mentor(languages=spoken("cy"), capacity=0)
    assert suitable(told, queue, waiting) == 2


def suitable(world: World, queue: EngineQueue, mentee: str) -> int | None:
    behind = explain_wait(world.house, queue, ADMIN, mentee, "en").details
    return behind.suitable if behind else None


def test_codes_without_words_are_said_as_they_are() -> None:
    assert (format_rule("what_comes_later", ENGLISH), format_preset("mine", ENGLISH)) == ("what_comes_later", "mine")


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
def test_every_rule_has_words_in_every_language(locale: str) -> None:
    from services.matcher.domain.weights import criterion_names, preset_names

    phrases = Words(WORDS).of(locale)
    rules = ["ready", "request_shape", "cleared", "excluded", "blocked", "quality_floor", "places", "no_mentors"]
    rules += [f"must:{name}" for name in ("gender", "device_class", "relation", "format", "language")]
    rules += [name for name in criterion_names() if name != "load"]
    said = {rule: format_rule(rule, phrases) for rule in rules}
    assert all(words and words != rule for rule, words in said.items()), said
    assert all(format_preset(name, phrases) != name for name in preset_names())


def waiting_of(world: World, mentee: str) -> Waiting:
    with world.house.begin(read_only=True) as store:
        found = store.waits.wait_of(mentee)
    assert found is not None
    return found


def later_rounds(world: World, rounds: int = 3) -> None:
    """Rounds that find all places as the last one left them."""
    for _ in range(rounds):
        world.forward(hours=1)
        world.run()


def test_those_whose_mentors_went_to_others_keep_that_reason_and_the_round_that_decided(told: World) -> None:
    second = crowded(told)
    told.rounds()
    decided = waiting_of(told, second)
    assert decided.cause == "shortage"
    later_rounds(told)
    assert waiting_of(told, second) == decided, "later rounds found no free place, and decided nothing"
    why = explain_wait(told.house, EngineQueue(), ADMIN, second, "en")
    assert (why.cause, why.rules, why.round_id) == ("shortage", ("places",), decided.round_id)
    assert why.details is not None
    assert (why.details.suitable, why.details.free) == (1, 0), "as it is now"
    assert why.details.crowd is not None
    assert why.details.crowd.mentees == ("first", "second")
    assert format_wait_reasons(why, ENGLISH)[0] == "Mentors who fit are with other people at the moment."
    own = explain_wait(told.house, EngineQueue(), person(second), second, "en")
    assert (own.cause, own.details, own.crowded) == ("shortage", None, False)


def test_a_shortage_outlives_the_release_of_the_round_that_found_it(told: World) -> None:
    set_round_mode(told.house, PROGRAMME, "review", by="admin", reason="look first")
    told.mentor(capacity=3)
    names = [told.mentee(f"mentee-{letter}") for letter in "abcdefgh"]
    told.rounds()
    with told.house.begin(read_only=True) as store:
        held = store.rounds.in_review(PROGRAMME)
    assert held is not None
    release_round(told.house, PROGRAMME, held.id, by="admin", reason="fine")
    told.rounds()
    later_rounds(told)
    left = [waiting_of(told, name) for name in names if told.live(name) is None]
    assert [(one.cause, one.round_id) for one in left] == [("shortage", held.id)] * 5
    assert read_figures(told.house, PROGRAMME, 100).waiting == {"shortage": 5}


def test_whoever_comes_when_all_places_are_taken_waits_for_a_place(told: World) -> None:
    second = crowded(told)
    told.rounds()
    late = told.mentee("late", languages=spoken("cy"))
    told.rounds()
    assert [waiting_of(told, name).cause for name in (second, late)] == ["shortage", "capacity"]
    assert explain_wait(told.house, EngineQueue(), ADMIN, late, "en").cause == "capacity"


def test_a_round_with_places_to_give_decides_anew(told: World) -> None:
    second = crowded(told)
    told.rounds()
    first_round = waiting_of(told, second).round_id
    told.mentee("newly", languages=spoken("cy"), situations=("newly_diagnosed",))
    told.mentor("other", languages=spoken("cy"), capacity=1)
    told.rounds()
    assert told.live("newly") is not None
    again = waiting_of(told, second)
    assert again.cause == "shortage"
    assert again.round_id != first_round
    why = explain_wait(told.house, EngineQueue(), ADMIN, second, "en")
    assert why.details is not None
    assert why.details.crowd is not None
    assert why.details.crowd.mentees == ("newly", "second")


def test_a_shortage_is_over_when_no_mentor_suits_any_more(told: World) -> None:
    second = crowded(told)
    told.rounds()
    told.change("mentor", "mentor", languages=spoken("es"))
    told.rounds()
    assert waiting_of(told, second).cause == "never_possible"
    assert explain_wait(told.house, EngineQueue(), ADMIN, second, "en").cause == "never_possible"


def test_whoever_asks_for_something_else_is_looked_at_as_if_for_the_first_time(told: World) -> None:
    second = crowded(told)
    told.rounds()
    told.change(second, "mentee", topics=("food",))
    assert waiting_of(told, second).cause is None
    told.rounds()
    assert waiting_of(told, second).cause == "capacity"


def test_hearing_the_same_of_somebody_again_changes_no_reason(told: World) -> None:
    second = crowded(told)
    told.rounds()
    told.change(second, "mentee")
    told.rounds()
    assert waiting_of(told, second).cause == "shortage"


def test_of_a_round_that_is_not_kept_any_more_the_reason_is_told_without_the_crowd(told: World) -> None:
    bystander, second = told.mentee(languages=spoken("fr")), crowded(told)
    told.rounds()
    told.hear(PersonErased, bystander)
    told.rounds()
    why = explain_wait(told.house, EngineQueue(), ADMIN, second, "en")
    assert (why.cause, why.details) == ("shortage", WaitDetails(suitable=1, free=0))
    assert explain_wait(told.house, EngineQueue(), person(second), second, "en").cause == "shortage"
