"""The sign-in page: the link can be opened many times, and its button works once."""

import re

from services.events.profiles import SignInAsked
from tests.profiles.app_harness import Account, Stage

PAGE = {"Accept": "text/html"}


def mailed(stage: Stage, account: Account) -> str:
    stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": account.email})
    asked = stage.published(SignInAsked)[-1]
    return "/sign-in/" + stage.link("sign_in", asked.request_id, account.id, asked.expires_at)


def nonce_in(page: str) -> str:
    match = re.search(r'name="nonce" value="([^"]+)"', page)
    assert match
    return match[1]


def test_the_button_signs_in_once(stage: Stage) -> None:
    mentee = stage.mentee()
    link = mailed(stage, mentee)
    for _ in range(3):
        page = stage.ask("GET", link)
        assert page.status_code == 200
    assert stage.rows("sign_in_links")[0]["used_at"] is None
    form = {"nonce": nonce_in(page.text)}
    signed_in = stage.ask("POST", link, data=form)
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/account")
    assert signed_in.headers["Cache-Control"] == "no-store"
    assert all("HttpOnly" in cookie for cookie in signed_in.headers.getlist("Set-Cookie"))
    assert stage.ask("GET", "/account").status_code == 200
    assert stage.ask("POST", link, data=form, headers=PAGE).status_code == 404


def test_a_form_without_a_valid_nonce_does_not_sign_in(stage: Stage) -> None:
    link = mailed(stage, stage.mentee())
    stage.ask("GET", link)
    assert stage.ask("POST", link, data={"nonce": "x.y"}, headers=PAGE).status_code == 403
    assert stage.ask("POST", link, headers=PAGE).status_code == 403
    assert stage.rows("sign_in_links")[0]["used_at"] is None


def test_a_malformed_link_answers_404(stage: Stage) -> None:
    assert stage.ask("GET", "/sign-in/nonsense", headers=PAGE).status_code == 404
