"""Fixtures: the shop's app and a client of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import Shop
from tests.chassis.web.shop_app import shop_app


@pytest.fixture
def app(uow: UnitOfWork[Shop]) -> Flask:
    return shop_app(uow)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
