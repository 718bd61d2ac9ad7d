"""A flood of unreadable records stops one partition, and nothing that people see."""

import json
import secrets
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import Headers
from services.chassis.delivery.signatures import EventSigner
from services.events.topics import PEOPLE
from tests.e2e.people import Person, Stage, eventually
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
CONSUMERS = ("matcher", "notifications")


def _ops(stage: Stage, service: str, *words: str) -> str:
    """Run an ``ops`` command on the running system; return its output."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.ops", "--folder", str(stage.system.folder), service, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _health(stage: Stage, name: str) -> dict[str, Any]:
    with urllib.request.urlopen(stage.system.children[name].ready_url, timeout=PATIENCE) as answer:
        report: dict[str, Any] = json.load(answer)
    return report


def _waiting(stage: Stage) -> set[str]:
    """Return the ids of all mentees who wait in the matcher."""
    waiting = stage.client.pages("/matcher/v1/waiting", token=stage.admin)
    return {person["mentee_id"] for person in waiting}


def _flood(stage: Stage, records: int, *, signed: bool) -> int:
    """Send unreadable records to one partition of the topic of people; return the partition."""
    environment = stage.system.environment("profiles")
    producer = open_broker(environment["BROKER_URL"]).producer()
    signer = EventSigner(environment["EVENT_PRIVATE_KEY"])
    headers: Headers = [("ce_source", b"/profiles"), ("poison", b"1")]
    if signed:
        headers = signer.sign(PEOPLE, b"poison", b"\xff\x00", headers)
    sent = [producer.send(PEOPLE, b"poison", b"\xff\x00", headers) for _ in range(records)]
    producer.flush(PATIENCE)
    partitions = {delivery.result(PATIENCE)[0] for delivery in sent}
    producer.close()
    (partition,) = partitions
    return partition


def _drop_untrusted(stage: Stage, service: str) -> str:
    """Drop the dead letters of forged records once all 30 are there; return what the command printed."""
    listed = _ops(stage, service, "dead-letters", "list", "--error", "UntrustedRecord")
    if listed.count("signature_missing") < 30:
        return listed
    return _ops(stage, service, "dead-letters", "drop", "--all", "--error", "UntrustedRecord")


def _sign_up(stage: Stage, language: str, people: int) -> list[Person]:
    """Sign up mentees, each answered 201 at once."""
    signed_up: list[Person] = []
    for _ in range(people):
        body = {
            "preferred_name": "Robin",
            "contact": {"email": f"mentee-{secrets.token_hex(6)}@example.org"},
            "languages": [{"tag": language, "level": "native"}],
            "relation": "self",
            "diabetes_type": "t1d",
            "consents": ["matching", "messages"],
        }
        answer = stage.client.post("/profiles/v1/mentees", body)
        assert answer.status == 201
        signed_up.append(Person(answer.body["id"], answer.body["access_token"], body["contact"]["email"]))  # type: ignore[index]
    return signed_up


def test_forged_records_stop_nothing(stage: Stage) -> None:
    language = stage.a_language()
    _flood(stage, 30, signed=False)
    people = {person.id for person in _sign_up(stage, language, 6)}
    eventually(lambda: people <= _waiting(stage), description="people of every partition")
    for service in CONSUMERS:
        eventually(lambda name=service: "30 of 30 dropped" in _drop_untrusted(stage, name))  # type: ignore[misc]
        assert _health(stage, f"{service}-consumer")["status"] == "ok"


def test_unreadable_records_do_not_affect_sign_ups_and_other_partitions(stage: Stage) -> None:
    language = stage.a_language()
    partition = _flood(stage, 30, signed=True)
    pids = {name: child.pid for name, child in stage.system.children.items()}
    for service in CONSUMERS:
        eventually(lambda name=service: "stands at" in _ops(stage, name, "consumer", "status"))  # type: ignore[misc]
        eventually(lambda name=service: _health(stage, f"{name}-consumer")["status"] == "degraded")  # type: ignore[misc]
        assert _health(stage, f"{service}-consumer")["checks"]["partitions"] == "Alarm"

    people = {person.id for person in _sign_up(stage, language, 24)}
    eventually(lambda: _waiting(stage) & people, description="people of the other partitions")

    for service in CONSUMERS:
        assert _ops(stage, service, "dead-letters", "list").count(f"{PEOPLE}/{partition}/") == 20
        assert f"{PEOPLE}/{partition} goes on" in _ops(stage, service, "consumer", "resume", "--reason", "a test")
    eventually(lambda: people <= _waiting(stage), description="all people are known after the partition continued")
    for service in CONSUMERS:
        eventually(lambda name=service: _health(stage, f"{name}-consumer")["status"] == "ok")  # type: ignore[misc]
        assert "30 of 30 dropped" in _ops(stage, service, "dead-letters", "drop", "--all")
    assert {name: child.pid for name, child in stage.system.children.items()} == pids
