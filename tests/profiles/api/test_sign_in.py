"""Signing in by a link in a mail: the answer reveals nothing, and a link works once."""

from collections.abc import Callable
from datetime import timedelta

from services.events.profiles import SignInAsked
from tests.profiles.app_harness import Account, Stage


def a_link(stage: Stage, account: Account) -> str:
    """Request a link, and return the token that notifications would mail."""
    assert stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": account.email.upper()}).status_code == 202
    asked = stage.published(SignInAsked)[-1]
    return stage.link("sign_in", asked.request_id, asked.person_id, asked.expires_at)


def exchange(stage: Stage, token: str) -> int:
    return stage.app.test_client().post("/profiles/v1/sessions", json={"token": token}).status_code


def test_a_link_request_does_not_reveal_who_is_signed_up(stage: Stage) -> None:
    mentee = stage.mentee()
    known = stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": mentee.email})
    unknown = stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": "nobody@example.org"})
    assert known.json == unknown.json
    assert (known.status_code, unknown.status_code) == (202, 202)
    different = {"X-Request-Id", "RateLimit"}
    heads = [{name for name, _ in answer.headers} - different for answer in (known, unknown)]
    assert heads[0] == heads[1]
    assert len(stage.published(SignInAsked)) == 1


def test_a_malformed_address_is_refused(stage: Stage) -> None:
    answer = stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": "not an address"})
    assert answer.status_code == 422
    assert [error["field"] for error in (answer.json or {})["errors"]] == ["email"]


def test_a_link_opens_a_session_once(stage: Stage) -> None:
    mentee = stage.mentee()
    link = a_link(stage, mentee)
    answer = stage.ask("POST", "/profiles/v1/sessions", json={"token": link})
    assert answer.status_code == 201
    session = answer.json or {}
    assert (session["person_id"], session["roles"]) == (mentee.id, ["mentee"])
    assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}", by=session["access_token"]).status_code == 200
    assert exchange(stage, link) == 404


def test_wrong_expired_foreign_and_unknown_links_get_the_same_404(stage: Stage) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    link = a_link(stage, mentee)
    asked = stage.published(SignInAsked)[-1]
    later = asked.expires_at + timedelta(days=1)
    tokens = {
        "wrong": link[:-3] + "abc",
        "for another purpose": stage.link("introduction", asked.request_id, mentee.id, later),
        "for somebody else": stage.link("sign_in", asked.request_id, other.id, later),
        "never asked for": stage.link("sign_in", "another", mentee.id, later),
    }
    answers = {
        name: stage.ask("POST", "/profiles/v1/sessions", json={"token": token}) for name, token in tokens.items()
    }
    stage.clock.forward(timedelta(minutes=31))
    answers["expired"] = stage.ask("POST", "/profiles/v1/sessions", json={"token": link})
    shown = {
        (answer.status_code, (answer.json or {})["code"], (answer.json or {})["detail"]) for answer in answers.values()
    }
    assert len(shown) == 1
    assert shown.pop()[0] == 404


def test_old_requests_are_deleted(stage: Stage) -> None:
    from services.profiles.schedule import ticks

    a_link(stage, stage.mentee())
    tick = ticks(stage.resources)[0]
    tick.run()
    assert len(stage.rows("sign_in_links")) == 1
    stage.clock.forward(timedelta(days=2))
    tick.run()
    assert stage.rows("sign_in_links") == []


def test_too_many_link_requests_are_limited(opened: Callable[..., Stage]) -> None:
    stage = opened(SIGN_UP_LIMIT="2 per hour")
    statuses = [
        stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": "a@example.org"}).status_code for _ in range(3)
    ]
    assert statuses == [202, 202, 429]
