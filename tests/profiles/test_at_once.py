"""Concurrent requests, on both databases: one takes effect, the others get a clear answer, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Barrier, BrokenBarrierError

import pytest

from services.events.profiles import PersonChanged, PersonErased, PersonPaused, PersonRegistered, SignInAsked
from services.profiles.domain.erasure import Tombstone, confirm
from services.profiles.use_cases import erase_person
from tests.profiles.app_harness import Stage, mentee_body
from tests.support.patience import PATIENCE

MANY = 6


def at_once(ask: Callable[[int], int]) -> list[int]:
    """Send many requests that start together; return their statuses, sorted."""
    together = Barrier(MANY)

    def begin(number: int) -> int:
        together.wait(PATIENCE)
        return ask(number)

    with ThreadPoolExecutor(MANY) as pool:
        return sorted(pool.map(begin, range(MANY)))


def test_one_of_many_concurrent_sign_ups_with_one_address_succeeds(either: Stage) -> None:
    body = mentee_body()

    def sign_up(_: int) -> int:
        return either.app.test_client().post("/profiles/v1/mentees", json=body).status_code

    assert at_once(sign_up) == [201] + [409] * (MANY - 1)
    assert len(either.rows("people")) == len(either.published(PersonRegistered)) == 1


def test_one_of_many_concurrent_uses_of_a_link_succeeds(either: Stage) -> None:
    mentee = either.mentee()
    either.ask("POST", "/profiles/v1/sign-in-links", json={"email": mentee.email})
    (asked,) = either.published(SignInAsked)
    link = either.link("sign_in", asked.request_id, mentee.id, asked.expires_at)

    def exchange(_: int) -> int:
        return either.app.test_client().post("/profiles/v1/sessions", json={"token": link}).status_code

    assert at_once(exchange) == [201] + [404] * (MANY - 1)


def test_one_of_many_concurrent_edits_of_one_version_succeeds(either: Stage) -> None:
    mentee = either.mentee()
    headers = {"Authorization": f"Bearer {mentee.token}", "If-Match": '"2"'}

    def edit(number: int) -> int:
        body = {"mentee": {"own_words": f"number {number}", "topics": ["food"]}}
        path = f"/profiles/v1/people/{mentee.id}"
        return either.app.test_client().patch(path, json=body, headers=headers).status_code

    assert at_once(edit) == [200] + [412] * (MANY - 1)
    assert [event.version for event in either.published(PersonChanged)] == [3]


def test_concurrent_changes_without_a_version_all_succeed(either: Stage) -> None:
    mentee = either.mentee()
    headers = {"Authorization": f"Bearer {mentee.token}"}

    def pause(number: int) -> int:
        body = {"until": f"2030-03-{number + 1:02d}T08:00:00Z"}
        path = f"/profiles/v1/people/{mentee.id}/pause"
        return either.app.test_client().post(path, json=body, headers=headers).status_code

    assert at_once(pause) == [200] * MANY
    versions = [event.version for event in either.published(PersonPaused)]
    assert versions == list(range(3, 3 + MANY))


def test_concurrent_erasures_are_one(either: Stage) -> None:
    mentee = either.mentee()
    headers = {"Authorization": f"Bearer {mentee.token}"}

    def erase(_: int) -> int:
        return either.app.test_client().delete(f"/profiles/v1/people/{mentee.id}", headers=headers).status_code

    assert at_once(erase) == [202] * MANY
    assert len(either.published(PersonErased)) == len(either.rows("tombstones")) == 1


def test_two_receipts_at_the_same_moment_are_both_kept(either: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    mentee = either.mentee()
    either.ask("DELETE", f"/profiles/v1/people/{mentee.id}", by=mentee)
    both_have_read = Barrier(2)

    def confirm_together(tombstone: Tombstone, service: str, at: datetime) -> Tombstone:
        with suppress(BrokenBarrierError):  # a lock lets only one read at a time
            both_have_read.wait(timeout=0.5)
        return confirm(tombstone, service, at)

    monkeypatch.setattr(erase_person, "confirm", confirm_together)
    with ThreadPoolExecutor(2) as pool:
        receipts = [
            pool.submit(erase_person.record_receipt, either.resources, mentee.id, service)
            for service in ("matcher", "notifications")
        ]
    for receipt in receipts:
        receipt.result()
    erasure = either.ask("GET", f"/profiles/v1/people/{mentee.id}/erasure", by=either.admin).json or {}
    assert (erasure["status"], sorted(erasure["confirmed_by"])) == ("complete", ["matcher", "notifications"])
