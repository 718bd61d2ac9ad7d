"""A browser stays signed in by cookies that no script and no other site can use, until it signs out."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.events.profiles import SignInAsked
from tests.profiles.app_harness import Account, Stage
from tests.profiles.pages.test_sign_in import mailed, nonce_in

PAGE = {"Accept": "text/html"}


def signed_in(stage: Stage, account: Account) -> FlaskClient:
    """Return a browser in which a person has signed in by a link."""
    browser = stage.app.test_client()
    link = mailed(stage, account)
    browser.post(link, data={"nonce": nonce_in(browser.get(link).text)})
    assert stage.published(SignInAsked)
    return browser


def form(browser: FlaskClient) -> dict[str, str]:
    return {"nonce": nonce_in(browser.get("/account").text)}


def test_the_account_page_greets_by_name_and_never_shows_a_token(stage: Stage) -> None:
    browser = signed_in(stage, stage.mentee(preferred_name="Sam"))
    page = browser.get("/account")
    assert "Hello Sam" in page.text
    cookie = browser.get_cookie("access")
    assert cookie is not None
    assert cookie.value not in page.text


def test_a_stranger_gets_no_account_page(stage: Stage) -> None:
    assert stage.app.test_client().get("/account", headers=PAGE).status_code == 401


def follow(browser: FlaskClient, answer: TestResponse) -> TestResponse:
    while answer.status_code == 307:
        answer = browser.get(answer.headers["Location"])
    return answer


def test_an_expired_access_cookie_is_renewed_on_the_way(stage: Stage) -> None:
    browser = signed_in(stage, stage.mentee())
    stage.clock.forward(timedelta(minutes=16))
    away = browser.get("/account?lang=fr")
    assert (away.status_code, away.headers["Location"]) == (307, "/session/renewal?next=/account%3Flang%3Dfr")
    assert follow(browser, away).status_code == 200


def test_a_form_sent_after_the_access_expired_is_not_lost(stage: Stage) -> None:
    browser = signed_in(stage, stage.mentee())
    filled = form(browser)
    stage.clock.forward(timedelta(minutes=16))
    away = browser.post("/account/sign-out", data=filled)
    assert away.status_code == 307  # a browser sends method and form again
    back = browser.post(away.headers["Location"], data=filled)
    done = browser.post(back.headers["Location"], data=filled)
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert stage.rows("sessions")[-1]["ended_at"] is not None


def test_signing_out_ends_the_session_and_empties_the_cookies(stage: Stage) -> None:
    browser = signed_in(stage, stage.mentee())
    access = browser.get_cookie("access")
    assert access is not None
    browser.post("/account/sign-out", data=form(browser))
    assert browser.get_cookie("access") is None
    assert browser.get_cookie("session") is None
    assert stage.ask("GET", "/profiles/v1/sessions", by=access.value).status_code == 401


def test_signing_out_everywhere_ends_the_other_browser(stage: Stage) -> None:
    mentee = stage.mentee()
    here, there = signed_in(stage, mentee), signed_in(stage, mentee)
    assert "somewhere else" in here.get("/account").text
    here.post("/account/sign-out-everywhere", data=form(here))
    gone = follow(there, there.get("/account"))
    assert (gone.status_code, gone.headers["Location"]) == (303, "/")
    assert there.get_cookie("session") is None


def test_another_site_cannot_sign_somebody_out(stage: Stage) -> None:
    browser = signed_in(stage, stage.mentee())
    assert browser.post("/account/sign-out").status_code == 403
    assert browser.get("/account").status_code == 200


def test_the_cookie_of_a_browser_does_not_open_the_api(stage: Stage) -> None:
    mentee = stage.mentee()
    browser = signed_in(stage, mentee)
    assert browser.get(f"/profiles/v1/people/{mentee.id}").status_code == 401
    assert browser.delete(f"/profiles/v1/people/{mentee.id}").status_code == 401


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "x"])
def test_a_renewal_never_leads_to_another_site(stage: Stage, away: str) -> None:
    browser = signed_in(stage, stage.mentee())
    answer = browser.get("/session/renewal", query_string={"next": away})
    assert (answer.status_code, answer.headers["Location"]) == (307, "/")
