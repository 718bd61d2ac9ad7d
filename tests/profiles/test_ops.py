"""The operators' commands of profiles: a new contact key, and a database restored from a backup."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from functools import partial

import pytest

from services.chassis.service.ops.command import run_ops
from services.chassis.service.ops.operator import Operator
from services.events.profiles import PersonErased
from services.profiles.bootstrap import SERVICE
from tests.profiles.app_harness import Stage

NEW = "k2"


def ops(stage: Stage, *words: str) -> int:
    """Run a command of profiles; return its exit code."""

    def open_operator() -> Operator:
        return Operator(
            group="profiles",
            parts=stage.parts,
            uow=stage.parts.uow,
            broker=stage.broker,
            open_record_handler=partial(pytest.fail, "these commands handle no events"),
        )

    return run_ops("profiles", open_operator, words, SERVICE.ops())


def audited(stage: Stage) -> list[str]:
    return [row["action"] for row in stage.rows("audit")]


def test_people_stay_readable_when_a_new_key_replaces_the_old_one(
    opened: Callable[..., Stage], capsys: pytest.CaptureFixture[str]
) -> None:
    before = opened()
    mentee, mentor = before.mentee(), before.mentor()
    shown = before.person(mentee), before.person(mentor)
    old = json.loads(before.settings.contact_keys)
    new = {NEW: "MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI="}
    database = {"DATABASE_URL": before.settings.database_url}
    both = opened(**database, CONTACT_KEYS=json.dumps(new | old))
    assert ops(both, "keys", "reseal", "--reason", "a key was lost") == 0
    assert "2 rows sealed again with k2." in capsys.readouterr().out
    after = opened(**database, CONTACT_KEYS=json.dumps(new))
    assert (after.person(mentee), after.person(mentor)) == shown
    assert audited(after)[-1] == "reseal"


def test_restored_people_count_as_newer_and_erased_people_are_erased_again(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stays, erased = stage.mentee(), stage.mentee()
    before = stage.person(stays)["version"]
    assert ops(stage, "people", "raise-versions", "--by", "500") == 0
    assert stage.person(stays)["version"] == before + 500
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{erased.id}\nnobody\n\n"))
    assert ops(stage, "people", "erase", "-", "--reason", "restored") == 0
    assert "1 person is erased, 1 is not known here." in capsys.readouterr().out
    (event,) = stage.published(PersonErased)
    assert (event.person_id, event.version > before + 500) == (erased.id, True)
    assert audited(stage) == ["raise_versions", "person.erased"]
    assert stage.person(stays)["id"] == stays.id


@pytest.mark.parametrize("by", ["0", "-5", "many", "1000000000"])
def test_versions_are_raised_by_a_sensible_number_only(stage: Stage, by: str) -> None:
    with pytest.raises(SystemExit) as ended:
        ops(stage, "people", "raise-versions", "--by", by)
    assert ended.value.code == 2


def test_an_api_key_is_created_listed_replaced_and_revoked(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> str:
        assert ops(stage, "api-keys", *words) == 0
        return capsys.readouterr().out

    def opens(key: str) -> bool:
        return stage.ask("POST", "/profiles/v1/tokens", json={"api_key": key}).status_code == 200

    first = run("create", "--name", "portal", "--role", "clinician", "--reason", "clinic portal").strip()
    second = run("create", "--name", "portal", "--permission", "sign-up", "--replace").strip()
    assert (opens(first), opens(second)) == (False, True)
    listed = run("list")
    assert "reports:read rounds:read sign-up weights:read" in listed
    assert listed.count("portal") == 2
    assert second.split(".")[1] not in listed
    run("revoke", second.removeprefix("cairn_").split(".")[0])
    assert not opens(second)
    assert ops(stage, "api-keys", "revoke", "nothing") == 1
    assert audited(stage) == ["key.created", "key.created", "key.revoked", "key.revoked"]
