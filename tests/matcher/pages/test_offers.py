"""A mentor answers from their mail."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import TestResponse

from services.chassis.messages.codec import encode
from services.events.facts import LifeStage
from services.events.matcher import MatchAccepted, MatchProposed
from services.matcher.domain.match import Match
from services.matcher.domain.round import run_round
from services.matcher.use_cases.accept_match import accept_match
from tests.matcher.app_harness import ADMIN, Stage, nonce_in
from tests.matcher.scenario import person, spoken


@pytest.fixture
def match(stage: Stage) -> Match:
    stage.mentor("mentor", languages=spoken("es"))
    return stage.asked(stage.mentee("mentee", languages=spoken("es"), request_shape="one_thing"))


def offer(stage: Stage, match: Match) -> str:
    return f"/offers/{stage.link('answer_match', match, 'mentor')}"


def answer(stage: Stage, link: str, what: str, **form: str) -> TestResponse:
    """Open the page in a browser and press a button; the page that follows."""
    browser = stage.browser()
    nonce = nonce_in(browser.get(link))
    return browser.post(f"{link}/{what}", data={"nonce": nonce, **form}, follow_redirects=True)


def test_opening_the_link_shows_why_and_changes_nothing(stage: Stage, match: Match) -> None:
    page = stage.ask("GET", offer(stage, match))
    assert page.status_code == 200
    assert "Spanish" in page.text
    assert "mentee" not in page.text.replace("mentees", "")
    for _ in range(3):
        stage.ask("GET", offer(stage, match))
        stage.ask("HEAD", offer(stage, match))
    assert stage.match(match.id) == match


def test_a_pregnancy_is_on_no_page_event_or_list_before_the_mentor_says_yes(stage: Stage) -> None:
    stage.decide = run_round
    stage.mentor("mentor", life_stages=("pregnant",))
    match = stage.asked(stage.mentee("mentee", life_stages=(LifeStage(code="pregnant"),)))
    assert ("life_stage", ("pregnant",)) in [(one.criterion, one.codes) for one in match.reasons], "it is a reason"

    def read(by: str) -> str:
        paths = (f"matches/{match.id}", "matches", f"matches/{match.id}/explanation")
        return json.dumps([stage.get(f"/matcher/v1/{path}", by) for path in paths])

    page = stage.ask("GET", offer(stage, match)).text
    (proposed,) = stage.published(MatchProposed)
    for told in (page, encode(proposed).decode(), read("mentor"), read("mentee")):
        assert "regnan" not in told
    assert "Stage of life" in page
    assert "regnan" in read(ADMIN)
    assert stage.post(f"/matcher/v1/matches/{match.id}/accept", "mentor").status_code == 200
    (accepted,) = stage.published(MatchAccepted)
    for told in (encode(accepted).decode(), read("mentor"), read("mentee")):
        assert "regnan" in told


def test_a_real_button_accepts(stage: Stage, match: Match) -> None:
    page = answer(stage, offer(stage, match), "accept")
    assert (page.status_code, stage.match(match.id).state) == (200, "accepted")
    assert "Thank you for saying yes" in page.text


def test_a_real_button_declines_with_a_reason_and_a_private_note(stage: Stage, match: Match) -> None:
    page = answer(stage, offer(stage, match), "decline", reason="no_time_now", note="new job")
    assert "Thank you for telling us" in page.text
    declined = stage.match(match.id)
    assert (declined.end_cause, declined.decline_reason) == ("declined", "no_time_now")


def test_a_decline_needs_no_reason(stage: Stage, match: Match) -> None:
    assert answer(stage, offer(stage, match), "decline", reason="", note=" ").status_code == 200
    assert stage.match(match.id).decline_reason is None


@pytest.mark.parametrize("form", [{"reason": "made-up"}, {"note": "x" * 501}])
def test_a_form_that_is_not_ours_changes_nothing(stage: Stage, match: Match, form: dict[str, str]) -> None:
    assert answer(stage, offer(stage, match), "decline", **form).status_code == 422
    assert stage.match(match.id).state == "proposed"


@pytest.mark.parametrize("what", ["accept", "decline"])
def test_without_the_nonce_of_the_same_browser_nothing_happens(stage: Stage, match: Match, what: str) -> None:
    link = offer(stage, match)
    nonce = nonce_in(stage.browser().get(link))
    assert stage.post(f"{link}/{what}").status_code == 403
    assert stage.browser().post(f"{link}/{what}", data={"nonce": nonce}).status_code == 403
    assert stage.match(match.id).state == "proposed"


def test_a_repeated_answer_gets_the_same_page(stage: Stage, match: Match) -> None:
    link, browser = offer(stage, match), stage.browser()
    nonce = nonce_in(browser.get(link))
    first = browser.post(f"{link}/accept", data={"nonce": nonce}, follow_redirects=True)
    again = browser.post(f"{link}/accept", data={"nonce": nonce}, follow_redirects=True)
    changed = browser.post(f"{link}/decline", data={"nonce": nonce}, follow_redirects=True)
    assert first.text == again.text == changed.text
    assert stage.match(match.id).state == "accepted"


def test_an_offer_answered_elsewhere_or_taken_back_gets_a_calm_page(stage: Stage, match: Match) -> None:
    link = offer(stage, match)
    accept_match(stage.database, stage.terms, person("mentor"), match.id)
    assert "Thank you for saying yes" in stage.ask("GET", link).text
    stage.post(f"/matcher/v1/matches/{match.id}/decline", "mentee")
    assert "This question is closed" in stage.ask("GET", link).text


def test_wrong_expired_and_unknown_links_look_alike(stage: Stage, match: Match) -> None:
    good = stage.link("answer_match", match, "mentor")
    pages = [
        stage.ask("GET", "/offers/made-up", headers={"Accept": "text/html"}),
        stage.ask("GET", f"/offers/x{good[1:]}", headers={"Accept": "text/html"}),
        stage.ask("GET", f"/offers/{stage.link('introduction', match, 'mentor')}", headers={"Accept": "text/html"}),
        stage.ask("GET", f"/offers/{stage.link('answer_match', match, 'mentee')}", headers={"Accept": "text/html"}),
        stage.ask("GET", f"/offers/{stage.link('answer_match', match, 'stranger')}", headers={"Accept": "text/html"}),
    ]
    stage.forward(hours=72)
    pages.append(stage.ask("GET", f"/offers/{good}", headers={"Accept": "text/html"}))
    assert {page.status_code for page in pages} == {404}
    assert len({page.text.replace(page.headers["X-Request-Id"], "") for page in pages}) == 1


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("es", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_the_page_speaks_the_mentors_language(stage: Stage, match: Match, locale: str, direction: str) -> None:
    from services.events import profiles

    stage.receive(profiles.PersonChanged, "mentor", locale=locale, **stage.facts["mentor"])
    page = stage.ask("GET", offer(stage, match), headers={"Accept-Language": "en"})
    assert f'<html lang="{locale}" dir="{direction}">' in page.text
    assert ("Would you like to be someone's mentor?" in page.text) is (locale == "en")


@pytest.mark.parametrize(
    ("what", "heading"), [("accept", "Merci d’avoir dit oui"), ("decline", "Merci de nous l’avoir dit")]
)
def test_the_chosen_language_lasts_through_the_answer(stage: Stage, match: Match, what: str, heading: str) -> None:
    browser, link = stage.browser(), offer(stage, match)
    nonce = nonce_in(browser.get(f"{link}?lang=fr"))
    page = browser.post(f"{link}/{what}", data={"nonce": nonce}, follow_redirects=True)
    assert 'lang="fr"' in page.text
    assert heading in page.text


def test_the_page_after_a_decline_promises_the_same_privacy_as_the_form(stage: Stage, match: Match) -> None:
    who_sees_it = "only the programme's team can see it"
    form = stage.ask("GET", offer(stage, match)).text.replace("&#39;", "'")
    page = answer(stage, offer(stage, match), "decline", reason="no_time_now").text.replace("&#39;", "'")
    assert who_sees_it in form.replace("Only", "only")
    assert who_sees_it in page


def test_the_page_keeps_to_itself(stage: Stage, match: Match) -> None:
    page = stage.ask("GET", offer(stage, match))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
    assert " style=" not in page.text
