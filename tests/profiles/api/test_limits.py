"""Nobody's mailbox is flooded, no link is guessed, and a new link ends the earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.events.profiles import SignInAsked
from tests.profiles.api.test_sign_in import a_link, exchange
from tests.profiles.app_harness import Stage, mentee_body, mentor_body

AS_SHIPPED = {"ADDRESS_LIMIT": "3 per hour", "FAILURE_LIMIT": "20 per 10 minutes"}


def ask_from(stage: Stage, network: int, path: str, body: object) -> int:
    """Send a request from one of many networks."""
    address = f"10.{network // 250}.{network % 250}.1"
    answer = stage.app.test_client().post(f"/profiles/v1/{path}", json=body, environ_base={"REMOTE_ADDR": address})
    return answer.status_code


def test_of_121_requests_from_many_networks_a_victim_gets_three_mails(opened: Callable[..., Stage]) -> None:
    stage = opened(**AS_SHIPPED)
    victim = stage.mentee(contact={"email": "sam@example.org"})
    spellings = ("sam@example.org", "SAM@example.org", "Sam@Example.ORG", "sam+x@example.org")
    answers = [ask_from(stage, n, "sign-in-links", {"email": spellings[n % 4]}) for n in range(121)]
    assert len(stage.published(SignInAsked, victim.id)) <= 3
    assert answers.count(202) == 2  # the sign-up was the first
    assert answers.count(429) == 119


@pytest.mark.parametrize(("path", "body_of"), [("mentees", mentee_body), ("mentors", mentor_body)])
def test_of_121_sign_ups_for_one_address_three_are_looked_at(
    opened: Callable[..., Stage], path: str, body_of: Callable[..., object]
) -> None:
    stage = opened(**AS_SHIPPED)
    contacts = [{"email": f"sam+{n}@example.org"} for n in range(121)]
    answers = [ask_from(stage, n, path, body_of(contact=contact)) for n, contact in enumerate(contacts)]
    assert [answers.count(201), answers.count(429)] == [3, 118]
    assert ask_from(stage, 200, "sign-in-links", {"email": "sam@example.org"}) == 429
    assert len(stage.rows("people")) == 3


def test_the_limit_of_an_address_does_not_reveal_whether_it_is_known(opened: Callable[..., Stage]) -> None:
    stage = opened(**AS_SHIPPED)
    stage.mentee(contact={"email": "known@example.org"}, preferred_name="Sam")
    stage.ask("POST", "/profiles/v1/mentees", json=mentee_body(contact={"email": "other@example.org"}))
    for email in ("known@example.org", "other@example.org"):
        assert [ask_from(stage, n, "sign-in-links", {"email": email}) for n in range(3)] == [202, 202, 429]
    assert [ask_from(stage, n, "sign-in-links", {"email": "nobody@example.org"}) for n in range(4)] == [202] * 3 + [429]


def test_500_guesses_of_a_sign_in_token_are_cut_off(opened: Callable[..., Stage]) -> None:
    stage = opened(**AS_SHIPPED)
    right = a_link(stage, stage.mentee())
    answers = [exchange(stage, f"guess-{n}") for n in range(500)]
    assert [answers.count(404), answers.count(429)] == [20, 480]
    assert exchange(stage, right) == 429  # also the right one, from that network
    assert ask_from(stage, 1, "sessions", {"token": right}) == 201


def test_guesses_on_the_page_and_on_the_api_are_counted_together(opened: Callable[..., Stage]) -> None:
    stage = opened(FAILURE_LIMIT="2 per hour")
    assert stage.ask("GET", "/sign-in/guess").status_code == 404
    assert exchange(stage, "guess") == 404
    assert stage.ask("GET", "/sign-in/guess").status_code == 429
    assert stage.ask("GET", "/introductions/guess").status_code == 429


def test_a_new_link_ends_the_earlier_ones(stage: Stage) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    first, second, foreign = a_link(stage, mentee), a_link(stage, mentee), a_link(stage, other)
    assert [exchange(stage, token) for token in (first, second, foreign)] == [404, 201, 201]


def test_a_used_link_stays_used_when_a_new_one_is_asked_for(stage: Stage) -> None:
    mentee = stage.mentee()
    assert exchange(stage, a_link(stage, mentee)) == 201
    stage.clock.forward(timedelta(minutes=1))
    a_link(stage, mentee)
    assert [row["used_at"] is not None for row in stage.rows("sign_in_links")] == [True, False]
