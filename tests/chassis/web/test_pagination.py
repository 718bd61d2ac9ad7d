"""Pages of a list neither skip nor repeat items while rows are inserted and deleted."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from services.chassis.storage.unit_of_work import UnitOfWork
from services.chassis.web.pagination import page
from tests.chassis.shop import PARCELS, Shop
from tests.chassis.web.test_json_body import problem_of

LIST = "/shop/v1/parcels"


@pytest.fixture(autouse=True)
def _parcels(uow: UnitOfWork[Shop]) -> None:
    with uow.begin() as shop:
        for number in range(7):
            shop.add(f"p{number}")


def walk(client: FlaskClient, limit: int) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        answer = client.get(f"{LIST}?limit={limit}" + (f"&cursor={cursor}" if cursor else "")).get_json()
        pages.append([item["id"] for item in answer["items"]])
        if answer["next"] is None:
            return pages
        cursor = answer["next"]


@pytest.mark.parametrize("limit", [1, 3, 6, 7, 8, 200])
def test_every_item_is_on_one_page_of_the_requested_size(client: FlaskClient, limit: int) -> None:
    pages = walk(client, limit)
    assert [item for items in pages for item in items] == [f"p{number}" for number in range(7)]
    assert all(len(items) == limit for items in pages[:-1])
    assert pages[-1]


def test_an_empty_list_is_one_empty_page(client: FlaskClient, uow: UnitOfWork[Shop]) -> None:
    with uow.begin() as shop:
        shop.connection.execute(PARCELS.delete())
    assert client.get(LIST).get_json() == {"items": [], "next": None}


def test_deleting_items_before_the_cursor_does_not_shift_pages(client: FlaskClient, uow: UnitOfWork[Shop]) -> None:
    first = client.get(f"{LIST}?limit=3").get_json()
    with uow.begin() as shop:
        shop.connection.execute(PARCELS.delete().where(PARCELS.c.id < "p3"))
        shop.add("p9")
    rest = client.get(f"{LIST}?limit=9&cursor={first['next']}").get_json()
    assert [item["id"] for item in rest["items"]] == ["p3", "p4", "p5", "p6", "p9"]


def test_an_altered_cursor_is_refused_and_named(client: FlaskClient) -> None:
    cursor = client.get(f"{LIST}?limit=3").get_json()["next"]
    for wrong in (cursor[:-2] + "zz", "WyJwMiJd", "x", "", "WyJwMiJd.x"):
        body = problem_of(client.get(f"{LIST}?cursor={wrong}"), 422)
        assert body["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1e9"])
def test_a_size_out_of_bounds_is_refused(client: FlaskClient, limit: str) -> None:
    assert problem_of(client.get(f"{LIST}?limit={limit}"), 422)["errors"][0]["field"] == "limit"


def test_a_cursor_of_another_list_is_refused(client: FlaskClient) -> None:
    with client.application.test_request_context("/counter"):
        foreign = page(["p1", "p2"], limit=1, position=lambda row: (row,))["next"]
    problem_of(client.get(f"{LIST}?cursor={foreign}"), 422)
