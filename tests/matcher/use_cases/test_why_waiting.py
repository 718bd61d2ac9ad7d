"""What stands in the way of somebody who waits, told from the pool as it is."""

from __future__ import annotations

import pytest

from services.chassis.words import Words
from services.events.facts import Must
from services.matcher.bootstrap import WORDS
from services.matcher.domain.round import run_round
from services.matcher.use_cases.desk import Desk
from services.matcher.use_cases.end_match import end_match
from services.matcher.use_cases.say_codes import say_preset, say_rule
from services.matcher.use_cases.say_why_waiting import say_why_waiting
from services.matcher.use_cases.tell_why import tell_why
from tests.matcher.world import ADMIN, World, person, spoken

ENGLISH = Words(WORDS).of("en")


@pytest.fixture
def told(world: World) -> World:
    world.decide = run_round
    return world


def test_a_condition_of_their_own_comes_with_what_letting_it_go_would_open(told: World) -> None:
    told.mentor(gender="man"), told.mentor(gender="man")
    mentee = told.mentee(musts=(Must(criterion="gender", value="woman"),))
    told.rounds()
    why = tell_why(told.house, Desk(), person(mentee), mentee, "en")
    assert (why.cause, why.rules) == ("hard_rule", ("must:gender",))
    assert [(one.rules, one.mentors) for one in why.relaxations] == [(("must:gender",), 2)]
    assert say_why_waiting(why, ENGLISH)[-1].endswith("Mentors who would fit then: 2.")


def crowded(world: World) -> str:
    """Two people for one place, and no round yet."""
    world.mentor("mentor", languages=spoken("cy"), capacity=1)
    world.mentee("first", languages=spoken("cy"))
    world.forward(hours=1)
    return world.mentee("second", languages=spoken("cy"))


def test_before_any_round_nothing_is_claimed(told: World) -> None:
    crowded(told)
    why = tell_why(told.house, Desk(), ADMIN, "second", "en")
    assert (why.cause, why.crowd, why.suitable) == ("next_round", None, None)


def test_a_shortage_names_the_crowd_that_proves_it(told: World) -> None:
    waiting = crowded(told)
    told.rounds()
    assert tell_why(told.house, Desk(), ADMIN, waiting, "en").cause == "capacity", "the place is taken by now"
    first = told.live("first")
    assert first is not None
    end_match(told.house, ADMIN, first.id, cause="withdrawn", reason="moved away")
    why = tell_why(told.house, Desk(), ADMIN, waiting, "en")
    assert (why.cause, why.suitable, why.free) == ("shortage", 1, 1)
    assert why.crowd is not None
    assert (why.crowd.mentees, why.crowd.mentors, why.crowd.places) == (("first", "second"), ("mentor",), 1)
    assert ("language", "cy") in why.crowd.have_in_common
    assert "Welsh" in say_why_waiting(why, ENGLISH)[1]


def test_a_pool_that_changed_is_looked_at_afresh(told: World) -> None:
    desk, waiting = Desk(), crowded(told)
    told.rounds()
    assert tell_why(told.house, desk, ADMIN, waiting, "en").suitable == 1
    told.mentor(languages=spoken("cy"), capacity=0)
    assert tell_why(told.house, desk, ADMIN, waiting, "en").suitable == 2


def test_codes_without_words_are_said_as_they_are() -> None:
    assert (say_rule("what_comes_later", ENGLISH), say_preset("mine", ENGLISH)) == ("what_comes_later", "mine")


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
def test_every_rule_has_words_in_every_language(locale: str) -> None:
    from services.matcher.domain.weights import criterion_names, preset_names

    phrases = Words(WORDS).of(locale)
    rules = ["ready", "request_shape", "cleared", "excluded", "blocked", "quality_floor", "places", "no_mentors"]
    rules += [f"must:{name}" for name in ("gender", "device_class", "relation", "format", "language")]
    rules += [name for name in criterion_names() if name != "load"]
    said = {rule: say_rule(rule, phrases) for rule in rules}
    assert all(words and words != rule for rule, words in said.items()), said
    assert all(say_preset(name, phrases) != name for name in preset_names())
