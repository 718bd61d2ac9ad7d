"""Keys change in the middle of traffic and no request is refused: processes with old and new settings work together.

Each key changes in steps, and processes restart one by one. So at any moment two neighbouring steps serve the same
people: whatever a process of one step issues has to be accepted by a process of the other.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from deploy.local.keys import local_keys
from services.events.profiles import SignInAsked
from tests.profiles.app_harness import Account, Stage
from tests.profiles.pages.test_sign_in import nonce_in
from tests.profiles.test_ops import ops

Steps = list[dict[str, str]]


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


@pytest.fixture
def pairs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return two sets of keys."""
    folder = tmp_path_factory.mktemp("keys")
    return local_keys(folder / "old.json"), local_keys(folder / "new.json")


def turn(name: str, old: str, new: str) -> Steps:
    """Return the steps for a key with several values: read the new one too, use it, forget the old one."""
    return [{name: old}, {name: f"{old},{new}"}, {name: f"{new},{old}"}, {name: new}]


class Traffic:
    """Requests of people to the processes of two neighbouring steps, with what they kept from earlier requests."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []
        self.cursors: list[str] = []

    def go_on(self, issuing: Stage, accepting: Stage) -> None:
        """Issue everything at one process and use it, and everything from before, at the other."""
        mentee, mentor = issuing.mentee(), issuing.mentor()
        self.accounts += [mentee, mentor]
        arriving = self.mailed(issuing, issuing.mentee()), self.mailed(accepting, issuing.mentor())
        self.links = [*self.links, *arriving]
        self.cursors = [*self.cursors[-1:], self.cursor(issuing)]
        self.forms = [*self.forms[-1:], self.form(issuing)]
        for stage in (accepting, issuing):
            for account in self.accounts:
                assert stage.person(account)["contact"]["email"] == account.email
                again = stage.ask("POST", "/profiles/v1/mentees", json=_body(account.email))
                assert (again.status_code, (again.json or {})["code"]) == (409, "address_known")
            for cursor in self.cursors:
                page = stage.ask("GET", f"/profiles/v1/mentors?limit=1&cursor={cursor}", by=stage.admin)
                assert page.status_code == 200, page.json
            for nonce, cookie in self.forms:
                self.submit(stage, nonce, cookie)
        for link in self.links:
            self.exchange(accepting, link)
        self.links = [self.mailed(issuing, issuing.mentee())]  # used after the next restart

    def mailed(self, stage: Stage, account: Account) -> str:
        """Return a link for a known address: its request is answered alike for all, so look for its event."""
        before = len(stage.published(SignInAsked))
        assert stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": account.email}).status_code == 202
        asked = stage.published(SignInAsked)
        assert len(asked) == before + 1, "the address was not found"
        assert asked[-1].person_id == account.id
        return stage.link("sign_in", asked[-1].request_id, account.id, asked[-1].expires_at)

    def exchange(self, stage: Stage, link: str) -> None:
        answer = stage.ask("POST", "/profiles/v1/sessions", json={"token": link})
        assert answer.status_code == 201, answer.json

    def cursor(self, stage: Stage) -> str:
        stage.mentor()
        stage.mentor()
        return str((stage.ask("GET", "/profiles/v1/mentors?limit=1", by=stage.admin).json or {})["next"])

    def form(self, stage: Stage) -> tuple[str, str]:
        """Open a page with a form; return the nonce of the form and of the browser's cookie."""
        page = stage.ask("GET", "/sign-in/" + self.mailed(stage, self.accounts[0]))
        cookie = stage.client.get_cookie("nonce")
        assert cookie
        return nonce_in(page.text), cookie.value

    def submit(self, stage: Stage, nonce: str, cookie: str) -> None:
        stage.client.set_cookie("nonce", cookie)
        link = "/sign-in/" + self.mailed(stage, self.accounts[0])
        assert stage.ask("POST", link, data={"nonce": nonce}).status_code == 303


def _body(email: str) -> dict[str, object]:
    return {
        "contact": {"email": email},
        "languages": [{"tag": "en", "level": "native"}],
        "relation": "self",
        "diabetes_type": "t1d",
        "consents": ["matching"],
    }


def rotate(
    opened: Callable[..., Stage], steps: Steps, before_last: Callable[[Stage], None] = lambda _: None
) -> tuple[Traffic, Stage, Stage]:
    """Run traffic while the processes go from step to step; return it, and a process of the first and the last."""
    first = opened(**steps[0])
    database = {"DATABASE_URL": first.settings.database_url}
    stages = [first, *(opened(**database, **settings) for settings in steps[1:])]
    traffic = Traffic()
    for number, (old, new) in enumerate(pairwise(stages), start=2):
        if number == len(stages):
            before_last(old)
        for issuing, accepting in ((old, new), (new, old)):
            traffic.go_on(issuing, accepting)
    return traffic, stages[0], stages[-1]


def test_the_secret_of_links_changes(opened: Callable[..., Stage]) -> None:
    traffic, first, last = rotate(opened, turn("LINK_SECRET", "o" * 40, "n" * 40))
    traffic.exchange(last, traffic.mailed(last, traffic.accounts[0]))
    old = traffic.mailed(first, traffic.accounts[0])
    assert last.ask("POST", "/profiles/v1/sessions", json={"token": old}).status_code == 404


def test_the_keys_of_access_tokens_change(
    opened: Callable[..., Stage], pairs: tuple[Mapping[str, str], Mapping[str, str]]
) -> None:
    old, new = pairs
    public, private = "TOKEN_PUBLIC_KEY", "TOKEN_PRIVATE_KEY"
    both = f"{old[public]},{new[public]}"
    steps = [
        {public: old[public], private: old[private]},
        {public: both, private: old[private]},
        {public: both, private: new[private]},
    ]
    traffic, first, _ = rotate(opened, steps)
    last = opened(**{"DATABASE_URL": first.settings.database_url, public: new[public], private: new[private]})
    assert last.ask("GET", f"/profiles/v1/people/{traffic.accounts[0].id}", by=traffic.accounts[0]).status_code == 401


def test_the_key_of_the_blind_index_changes(opened: Callable[..., Stage], capsys: pytest.CaptureFixture[str]) -> None:
    def reindex(stage: Stage) -> None:
        assert ops(stage, "keys", "reindex", "--reason", "yearly") == 0
        assert capsys.readouterr().out != "0 addresses indexed again with the current key.\n"
        assert ops(stage, "keys", "reindex") == 0
        assert capsys.readouterr().out == "0 addresses indexed again with the current key.\n"

    _, _, last = rotate(opened, turn("INDEX_KEY", key("o"), key("n")), before_last=reindex)
    assert "reindex" in {row["action"] for row in last.rows("audit")}
    assert len({row["email_index"] for row in last.rows("people")}) == len(last.rows("people"))


def test_contact_keys_change(opened: Callable[..., Stage]) -> None:
    old, new = {"k1": key("o")}, {"k2": key("n")}
    steps = [{"CONTACT_KEYS": json.dumps(keys)} for keys in (old, old | new, new | old, new)]

    def reseal(stage: Stage) -> None:
        assert ops(stage, "keys", "reseal") == 0

    _, _, last = rotate(opened, steps, before_last=reseal)
    assert {row["email"].partition(".")[0] for row in last.rows("people")} == {"k2"}


def test_an_address_changed_to_one_that_is_stored_with_the_old_key_is_refused(opened: Callable[..., Stage]) -> None:
    before = opened(INDEX_KEY=key("o"))
    taken = before.mentee()
    both = opened(DATABASE_URL=before.settings.database_url, INDEX_KEY=f"{key('n')},{key('o')}")
    other = both.mentee()
    refused = both.change(other, {"contact": {"email": taken.email}})
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "address_known")
    assert both.change(other, {"contact": {"email": other.email, "phone": "+34600000000"}}).status_code == 200


def test_two_people_with_one_address_are_named_and_left_as_they_are(
    opened: Callable[..., Stage], capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = opened(INDEX_KEY=key("o")), key("n")
    first = old.mentee()
    alone = opened(DATABASE_URL=old.settings.database_url, INDEX_KEY=new)  # a step was left out
    second = alone.mentee(contact={"email": first.email})
    both = opened(DATABASE_URL=old.settings.database_url, INDEX_KEY=f"{new},{key('o')}")
    indexes = {row["id"]: row["email_index"] for row in both.rows("people")}
    assert ops(both, "keys", "reindex") == 1
    assert first.id in capsys.readouterr().err
    assert {row["id"]: row["email_index"] for row in both.rows("people")} == indexes
    assert second.id in indexes
