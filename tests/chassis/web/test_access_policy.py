"""Nobody gets in by default, and a stranger learns nothing on the way out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from flask.views import MethodView

from services.chassis.identity.access_tokens import TokenIssuer, TokenRefused, TokenVerifier
from services.chassis.service.service_settings import DEVELOPMENT_PRIVATE_KEY, DEVELOPMENT_PUBLIC_KEY
from services.chassis.web.access_policy import PolicyMissing, PrincipalReader, allow
from services.chassis.web.api import Blueprint
from services.chassis.web.app import build_app
from tests.chassis.web.shop_app import ADMIN, FakeHealth, shop_settings
from tests.chassis.web.test_json_body import problem_of
from tests.support.fakes import FixedClock

PERSON = "/shop/v1/people/p1"


def bearer(person: str = "p1", **more: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {TokenIssuer(DEVELOPMENT_PRIVATE_KEY).issue(person, 'cairn', **more)}"}


def build(blueprint: Any) -> flask.Flask:
    api = isinstance(blueprint, Blueprint)
    return build_app(
        name="shop",
        title="The shop",
        settings=shop_settings(),
        health=FakeHealth(),
        blueprints=[blueprint] if api else [],
        pages=[] if api else [blueprint],
    )


def test_a_route_that_nobody_decided_about_keeps_the_app_from_starting() -> None:
    blueprint = flask.Blueprint("open", __name__)
    blueprint.add_url_rule("/open", view_func=lambda: "in")
    with pytest.raises(PolicyMissing, match="GET /open"):
        build(blueprint)


def test_one_forgotten_method_of_a_class_is_found_too() -> None:
    blueprint = Blueprint("shelf", __name__)

    @blueprint.route("/shop/v1/shelf")
    class Shelf(MethodView):
        @allow("anyone")
        def get(self) -> str:
            return "shelf"

        def delete(self) -> str:
            return "gone"

    with pytest.raises(PolicyMissing, match=r"DELETE /shop/v1/shelf$"):
        build(blueprint)


def test_a_class_with_a_policy_per_method_is_held_to_each() -> None:
    blueprint = Blueprint("shelf", __name__)

    @blueprint.route("/shop/v1/shelf")
    class Shelf(MethodView):
        @allow("anyone")
        @blueprint.response(200)
        def get(self) -> Any:
            return {"on": "shelf"}

        @allow("admin")
        @blueprint.response(200)
        def delete(self) -> Any:
            return {"on": "floor"}

    client = build(blueprint).test_client()
    assert client.get("/shop/v1/shelf").status_code == 200
    assert client.head("/shop/v1/shelf").status_code == 200
    assert client.delete("/shop/v1/shelf").status_code == 401
    assert client.delete("/shop/v1/shelf", headers=ADMIN).status_code == 200


def test_an_empty_policy_is_none() -> None:
    with pytest.raises(PolicyMissing):
        allow()


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    told = client.get(PERSON)
    problem_of(told, 401)
    assert told.headers["WWW-Authenticate"] == 'Bearer realm="cairn"'


@pytest.mark.parametrize(
    "credential",
    ["Bearer nonsense", "Bearer ", "Bearer a.b.c", "Basic dTpw", "Bearer", "bearer é", ADMIN["Authorization"] + "x"],
)
def test_a_wrong_credential_is_told_so_and_nothing_more(client: FlaskClient, credential: str) -> None:
    told = client.get(PERSON, headers={"Authorization": credential})
    problem_of(told, 401)
    assert 'error="invalid_token"' in told.headers["WWW-Authenticate"]


def test_a_person_sees_their_own_and_a_foreign_id_looks_like_an_unknown_one(client: FlaskClient) -> None:
    assert client.get(PERSON, headers=bearer("p1")).json == {"id": "p1"}
    foreign = client.get(PERSON, headers=bearer("p2"))
    assert problem_of(foreign, 404)["code"] == "not_found"


def test_an_admin_that_the_policy_lets_in_sees_everybody(client: FlaskClient) -> None:
    assert client.get(PERSON, headers=ADMIN).json == {"id": "admin"}


def test_a_good_token_does_not_open_what_is_not_for_its_bearer(client: FlaskClient) -> None:
    problem_of(client.get("/shop/v1/broken", headers=bearer()), 403)


def test_who_may_not_come_in_hears_nothing_about_the_body(client: FlaskClient) -> None:
    problem_of(client.patch("/shop/v1/parcels/p1", json={"what": "ever"}), 401)


def test_an_old_token_does_not_close_what_is_open_to_anyone(client: FlaskClient) -> None:
    old = bearer(ttl=timedelta(seconds=-1))
    assert client.get("/shop/v1/parcels", headers=old).status_code == 200
    problem_of(client.get(PERSON, headers=old), 401)


def test_the_admin_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def compare(left: bytes, right: bytes) -> bool:
        seen.append((left, right))
        return left == right

    monkeypatch.setattr("services.chassis.web.access_policy.hmac.compare_digest", compare)
    reader = PrincipalReader(
        admin_token="a-secret-of-admins", verifier=TokenVerifier(DEVELOPMENT_PUBLIC_KEY), programme="cairn"
    )
    assert reader.read("Bearer a-secret-of-admins").kind == "admin"
    assert seen == [(b"a-secret-of-admins", b"a-secret-of-admins")]


def test_a_token_ends_at_its_time_by_our_own_clock() -> None:
    clock = FixedClock()
    token = TokenIssuer(DEVELOPMENT_PRIVATE_KEY, clock=clock).issue("p1", "north", ("mentor",), timedelta(minutes=5))
    verifier = TokenVerifier(DEVELOPMENT_PUBLIC_KEY, clock=clock)
    clock.forward(timedelta(minutes=4, seconds=59))
    found = verifier.verify(token)
    assert (found.kind, found.person_id, found.programme, found.roles) == ("person", "p1", "north", ("mentor",))
    clock.forward(timedelta(seconds=1))
    with pytest.raises(TokenRefused):
        verifier.verify(token)
