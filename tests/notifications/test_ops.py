"""The operators' commands of notifications: erased people, a replay of all people, a new contact key."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from services.chassis.identity.encryption import FieldCipher
from services.chassis.service.ops.command import run_ops
from services.chassis.service.ops.keys import keys_group
from services.chassis.service.ops.operator import Operator
from services.events.profiles import PersonErased
from services.events.requests import PeopleWanted
from services.notifications.adapters.tables import SEALED, people
from services.notifications.ops import PEOPLE
from services.notifications.use_cases.request_people import request_people
from tests.notifications.memory_store import CIPHER_KEYS, PROGRAMME, ServiceHarness, contact, registered
from tests.support.fakes import FakeBroker


def ops(service: ServiceHarness, *words: str) -> int:
    """Run a command of notifications; return its exit code."""

    def open_operator() -> Operator:
        return Operator(
            group="notifications",
            parts=SimpleNamespace(settings=SimpleNamespace(programme=PROGRAMME)),
            uow=service.uow,
            broker=FakeBroker(),
            open_reception=partial(pytest.fail, "these commands handle no events"),
        )

    keys = keys_group(SEALED, lambda _: FieldCipher({"new": b"n" * 32, **CIPHER_KEYS}))
    return run_ops("notifications", open_operator, words, [PEOPLE, keys])


@pytest.fixture
def known(service: ServiceHarness) -> ServiceHarness:
    """Return a service that knows a mentee and a mentor."""
    for person in ("mentee", "mentor"):
        service.handle(registered(person), contact(person))
    service.run_jobs()
    return service


def test_erased_people_are_listed_by_id(known: ServiceHarness, capsys: pytest.CaptureFixture[str]) -> None:
    assert ops(known, "people", "erased") == 0
    assert capsys.readouterr().out == ""
    known.handle(PersonErased(person_id="mentee", programme_id=PROGRAMME, version=9))
    known.run_jobs()
    assert ops(known, "people", "erased") == 0
    assert capsys.readouterr().out == "mentee\n"


def test_an_operator_requests_people_again(known: ServiceHarness) -> None:
    assert request_people(known.uow, PROGRAMME)
    assert not request_people(known.uow, PROGRAMME)
    assert ops(known, "people", "request", "--reason", "restored") == 0
    requests = [event for event in known.published() if isinstance(event, PeopleWanted)]
    assert len({request.request_id for request in requests}) == 2


def test_contacts_open_with_the_new_key_alone(known: ServiceHarness) -> None:
    assert ops(known, "keys", "reseal") == 0
    cipher = FieldCipher({"new": b"n" * 32})
    with known.engine.connect() as connection:
        rows = connection.execute(sa.select(people.c.person_id, people.c.sealed)).all()
    assert {row.person_id for row in rows if "@" in cipher.open(row.sealed, f"contact:{row.person_id}")} == {
        "mentee",
        "mentor",
    }
