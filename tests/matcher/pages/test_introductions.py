"""A mentee answers an introduction; the forms stand on a page of profiles."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from services.matcher.domain.match import Match
from services.matcher.use_cases.accept_match import accept_match
from tests.matcher.app_harness import Stage, nonce_in
from tests.matcher.scenario import person


@pytest.fixture
def match(stage: Stage) -> Match:
    stage.mentor("mentor")
    offered = stage.asked(stage.mentee("mentee"))
    return accept_match(stage.database, stage.terms, person("mentor"), offered.id)


def answer(stage: Stage, match: Match, what: str, person_id: str = "mentee") -> TestResponse:
    """Post as the form does, with a nonce that any page of this origin gave the browser."""
    browser = stage.browser()
    offered = stage.asked(stage.mentee()) if stage.mentor() else match
    nonce = nonce_in(browser.get(f"/offers/{stage.link('answer_match', offered, offered.mentor_id)}"))
    return browser.post(f"/matches/{stage.link('introduction', match, person_id)}/{what}", data={"nonce": nonce})


def test_a_button_confirms(stage: Stage, match: Match) -> None:
    page = answer(stage, match, "confirm")
    assert (page.status_code, stage.match(match.id).state) == (200, "active")
    assert "You both said yes" in page.text


def test_a_button_declines_and_the_place_is_kept(stage: Stage, match: Match) -> None:
    page = answer(stage, match, "decline")
    assert stage.match(match.id).end_cause == "declined"
    assert "You keep your place" in page.text


def test_a_repeated_or_changed_answer_gets_the_page_of_what_is(stage: Stage, match: Match) -> None:
    answer(stage, match, "confirm")
    assert "You both said yes" in answer(stage, match, "confirm").text
    assert "You both said yes" in answer(stage, match, "decline").text
    assert stage.match(match.id).state == "active"


@pytest.mark.parametrize("what", ["confirm", "decline"])
def test_only_the_mentees_own_link_and_only_a_real_button(stage: Stage, match: Match, what: str) -> None:
    token = stage.link("introduction", match, "mentee")
    assert stage.ask("GET", f"/matches/{token}/{what}").status_code == 405
    assert stage.post(f"/matches/{token}/{what}").status_code == 403
    assert answer(stage, match, what, "mentor").status_code == 404
    assert answer(stage, match, what, "stranger").status_code == 404
    assert stage.match(match.id).state == "accepted"


@pytest.mark.parametrize("what", ["confirm", "decline"])
def test_the_language_chosen_on_the_introduction_lasts_through_the_answer(
    stage: Stage, match: Match, what: str
) -> None:
    stage.mentor()
    offered, browser = stage.asked(stage.mentee()), stage.browser()
    nonce = nonce_in(browser.get(f"/offers/{stage.link('answer_match', offered, offered.mentor_id)}?lang=ar"))
    page = browser.post(f"/matches/{stage.link('introduction', match, 'mentee')}/{what}", data={"nonce": nonce})
    assert 'lang="ar" dir="rtl"' in page.text
