"""Wherever the database fails in a request, the answer is 503 with Retry-After, and nothing is half done."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from services.chassis.storage.unit_of_work import Transaction, UnitOfWork
from tests.chassis.shop import CHASSIS, PARCELS, Shop, count
from tests.chassis.web.shop_app import shop_app
from tests.chassis.web.test_json_body import problem_of

WORDS = Words(CHASSIS_WORDS)
PARCEL = {"id": "p1"}
PARCELS_URL = "/shop/v1/parcels"


class LostConnection(psycopg.OperationalError):
    """The server closed the connection unexpectedly."""


FAULTS: dict[str, Callable[[], Exception]] = {
    "lost": lambda: sa.exc.OperationalError("SELECT 1", {}, LostConnection("server closed the connection")),
    "lost by the driver": lambda: LostConnection("consuming input failed: SSL SYSCALL error: EOF detected"),
    "closed": lambda: psycopg.InterfaceError("the connection is closed"),
    "half-way": lambda: sa.exc.DBAPIError("x", {}, psycopg.InternalError(), connection_invalidated=True),
    "used after it was lost": lambda: sa.exc.PendingRollbackError("reconnect first", code="8s2b"),
    "no connection in time": lambda: sa.exc.TimeoutError("QueuePool limit reached"),
}
POINTS = ["connect", "begin", "look for the key", "view", "write", "store the answer", "commit", "close"]


@contextmanager
def broken(point: str, fault: Callable[[], Exception], engine: sa.Engine, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the database fail at one point of a request while the block runs, and for no other thread."""
    thread = threading.get_ident()

    def fails(*_args: Any, **_more: Any) -> Any:
        raise fault()

    def fails_after(then: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **more: Any) -> Any:
            result = then(*args, **more)
            if threading.get_ident() == thread:
                raise fault()
            return result

        return run

    places: dict[str, tuple[Any, str, Callable[..., Any]]] = {
        "connect": (engine, "connect", fails),
        "begin": (sa.Connection, "begin", fails),
        "look for the key": (_guarded(), "_stored", fails),
        "view": (Shop, "parcels", fails),
        "write": (Transaction, "write", fails),
        "store the answer": (_guarded(), "_store", fails),
        "commit": (engine.dialect, "do_commit", fails),
        "close": (sa.Connection, "close", fails_after(sa.Connection.close)),
    }
    with patch.context() as patched:
        patched.setattr(*places[point])
        yield


def _guarded() -> Any:
    from services.chassis.web import idempotency

    return idempotency._Guarded


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_at_any_point_answers_503_with_retry_after(
    client: FlaskClient,
    uow: UnitOfWork[Shop],
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    fault: Callable[[], Exception],
) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    with broken(point, fault, uow.engine, monkeypatch):
        answer = client.post(PARCELS_URL, json=PARCEL, headers=key)
    body = problem_of(answer, 503)
    assert body["code"] == "not_available"
    assert answer.headers["Retry-After"].isdigit()
    assert "again" in body["detail"]
    done = 1 if point == "close" else 0  # on closing, it was committed already
    assert count(uow.engine, PARCELS) == count(uow.engine, CHASSIS.idempotency) == done
    again = client.post(PARCELS_URL, json=PARCEL, headers=key)
    assert (again.status_code, count(uow.engine, PARCELS)) == (201, 1)


def test_an_unexpected_error_inside_a_transaction_answers_500(client: FlaskClient) -> None:
    problem_of(client.post(PARCELS_URL, json=PARCEL | {"note": "burn"}), 500)


def test_a_missing_table_answers_500(client: FlaskClient, uow: UnitOfWork[Shop]) -> None:
    PARCELS.drop(uow.engine)
    problem_of(client.post(PARCELS_URL, json=PARCEL), 500)


@pytest.mark.parametrize("lang", WORDS.locales)
def test_a_page_about_unavailable_storage_is_in_the_readers_language(
    uow: UnitOfWork[Shop], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    client = shop_app(uow).test_client()
    with broken("view", FAULTS["lost"], uow.engine, monkeypatch):
        page = client.get(f"{PARCELS_URL}/p1", headers={"Accept": "text/html", "Accept-Language": lang})
    assert page.status_code == 503
    assert page.headers["Retry-After"].isdigit()
    assert f'lang="{lang}"' in page.text
    text = "Something on our side isn't answering right now. Please wait a minute and try again."
    for sentence in ("We need a moment", text):
        assert WORDS.of(lang).gettext(sentence) in unescape(page.text)
