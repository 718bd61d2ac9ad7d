"""A repeated request takes effect once; on both databases, since each serialises requests in its own way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields

from services.chassis.storage.database import open_engine
from services.chassis.storage.unit_of_work import UnitOfWork
from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.app import build_app
from services.chassis.web.fields import CairnSchema
from services.chassis.web.idempotency import idempotent
from tests.chassis.shop import CHASSIS, METADATA, Shop, count
from tests.chassis.web.shop_app import ADMIN, FakeHealth, shop_app, shop_settings
from tests.chassis.web.test_access_policy import bearer
from tests.chassis.web.test_json_body import problem_of
from tests.support.fakes import FixedClock
from tests.support.patience import PATIENCE

PARCELS_URL = "/shop/v1/parcels"
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
KEYS = CHASSIS.idempotency


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.stack)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path}/shop.db"
    if request.param == "postgres":
        from tests.support.stack import postgres_url

        url = postgres_url()
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def uow(engine: sa.Engine, clock: FixedClock) -> UnitOfWork[Shop]:
    METADATA.create_all(engine)
    return UnitOfWork(engine, Shop, source="/shop", read_now=clock.read)


def parcels(uow: UnitOfWork[Shop]) -> list[str]:
    with uow.begin() as shop:
        return shop.parcels()


def test_a_repeated_request_takes_effect_once_and_gets_the_same_answer(
    client: FlaskClient, uow: UnitOfWork[Shop]
) -> None:
    first = client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
    again = client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    for header in ("Content-Type", "Location", "ETag"):
        assert again.headers[header] == first.headers[header]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert parcels(uow) == ["p1"]


def test_without_a_key_every_request_takes_effect(client: FlaskClient) -> None:
    client.post(PARCELS_URL, json={"id": "p1"})
    problem_of(client.post(PARCELS_URL, json={"id": "p1"}), 409)


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    client: FlaskClient, uow: UnitOfWork[Shop]
) -> None:
    client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
    answer = problem_of(client.post(PARCELS_URL, json={"id": "p2"}, headers=KEY), 422)
    assert answer["code"] == "idempotency_key_reused"
    assert parcels(uow) == ["p1"]


def test_a_failed_request_may_be_corrected_with_the_same_key(
    client: FlaskClient, engine: sa.Engine, uow: UnitOfWork[Shop]
) -> None:
    problem_of(client.post(PARCELS_URL, json={"id": "p1", "size": "huge"}, headers=KEY), 422)
    problem_of(client.post(PARCELS_URL, json={"id": "p1", "note": "burn"}, headers=KEY), 500)
    assert parcels(uow) == []
    assert count(engine, KEYS) == 0
    assert client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY).status_code == 201


def test_the_key_and_the_effect_are_committed_together(
    client: FlaskClient, engine: sa.Engine, uow: UnitOfWork[Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(self: object, *args: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("services.chassis.web.idempotency._Guarded._store", disk_full)
        problem_of(client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY), 500)
    assert (parcels(uow), count(engine, KEYS)) == ([], 0)
    client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
    assert (parcels(uow), count(engine, KEYS)) == (["p1"], 1)


def test_a_key_belongs_to_one_caller(client: FlaskClient) -> None:
    client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
    for other in (ADMIN, bearer("p1"), bearer("p2")):
        answer = client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY | other)
        assert problem_of(answer, 409)["code"] == "parcel_known"


def test_keys_expire_after_a_day(client: FlaskClient, clock: FixedClock) -> None:
    client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
    clock.forward(timedelta(hours=24))
    assert client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY).headers.get("Idempotent-Replayed") == "true"
    clock.forward(timedelta(seconds=1))
    problem_of(client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY), 409)


def test_an_expired_key_may_be_used_for_a_new_request(client: FlaskClient, clock: FixedClock) -> None:
    client.post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
    clock.forward(timedelta(hours=25))
    assert client.post(PARCELS_URL, json={"id": "p2"}, headers=KEY).status_code == 201


def test_the_table_contains_neither_keys_nor_answers_in_clear(client: FlaskClient, engine: sa.Engine) -> None:
    client.post(PARCELS_URL, json={"id": "p1", "note": "for Ana Lopez"}, headers=KEY)
    with engine.connect() as connection:
        [row] = connection.execute(sa.select(KEYS)).all()
    content = repr(tuple(row))
    assert KEY["Idempotency-Key"] not in content
    assert "Ana" not in content


@pytest.mark.parametrize("key", ["short", "with space in it", "x" * 129, "né-tout-à-fait", ""])
def test_an_invalid_key_is_refused_and_named(client: FlaskClient, key: str) -> None:
    answer = client.post(PARCELS_URL, json={"id": "p1"}, headers={"Idempotency-Key": key})
    assert problem_of(answer, 422)["errors"][0]["field"] == "Idempotency-Key"


class Slow:
    """An app whose view waits inside its transaction until ``release`` is set."""

    def __init__(self, uow: UnitOfWork[Shop]) -> None:
        self.inside, self.release, self.runs = threading.Event(), threading.Event(), 0
        blueprint = Blueprint("slow", __name__)

        class Empty(CairnSchema):
            n = fields.Integer()

        @blueprint.route("/shop/v1/slow/<string:what>", methods=["POST"])
        @allow("anyone")
        @idempotent(required=True)
        @blueprint.arguments(Empty)
        @blueprint.response(200)
        def slow(_body: dict[str, Any], what: str) -> Any:
            self.runs += 1
            with uow.begin() as shop:
                shop.add(f"{what}{self.runs}")
            self.inside.set()
            assert self.release.wait(PATIENCE)
            return {"run": self.runs}

        self.app: Flask = build_app(
            name="shop",
            title="The shop",
            settings=shop_settings(),
            health=FakeHealth(),
            blueprints=[blueprint],
            uow=uow,
        )

    def send(self, what: str = "p", body: dict[str, int] | None = None) -> Any:
        return self.app.test_client().post(f"/shop/v1/slow/{what}", json=body or {}, headers=KEY)


def test_the_same_request_at_the_same_time_runs_once(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    slow = Slow(uow)
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(slow.send()))
    first.start()
    assert slow.inside.wait(PATIENCE)
    if engine.dialect.name == "postgresql":
        answer = slow.send()  # the first still runs: refused at once
        assert problem_of(answer, 409)["code"] == "in_progress"
        assert answer.headers["Retry-After"] == "1"
    else:  # SQLite has one writer at a time: the second waits and gets the stored answer
        second = threading.Thread(target=lambda: answers.append(slow.send()))
        second.start()
        slow.release.set()
        second.join(PATIENCE)
    slow.release.set()
    first.join(PATIENCE)
    answers.append(slow.send())
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.get_json()["run"] for answer in answers} == {1}
    assert slow.runs == 1


def test_many_concurrent_requests_with_one_key_take_effect_once(uow: UnitOfWork[Shop], app: Flask) -> None:
    results: list[tuple[int, str]] = []

    def send() -> None:
        answer = app.test_client().post(PARCELS_URL, json={"id": "p1"}, headers=KEY)
        results.append((answer.status_code, answer.get_json().get("code", "")))

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(results) == 12
    assert (201, "") in results
    assert set(results) <= {(201, ""), (409, "in_progress")}
    assert parcels(uow) == ["p1"]


def test_the_same_key_on_another_path_of_the_route_is_refused(uow: UnitOfWork[Shop]) -> None:
    slow = Slow(uow)
    slow.release.set()
    assert slow.send("a").status_code == 200
    problem_of(slow.send("b"), 422)


def test_a_route_may_require_a_key(uow: UnitOfWork[Shop]) -> None:
    answer = Slow(uow).app.test_client().post("/shop/v1/slow/a", json={})
    assert problem_of(answer, 400)["errors"][0]["field"] == "Idempotency-Key"


def test_an_app_without_a_unit_of_work_cannot_use_keys() -> None:
    problem_of(shop_app(None).test_client().post(PARCELS_URL, json={"id": "p1"}, headers=KEY), 500)
