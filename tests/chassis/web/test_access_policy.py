"""Access policy: every route needs one, and a refusal reveals nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from flask.views import MethodView

from services.chassis.identity.access_tokens import TokenRefused, TokenVerifier
from services.chassis.identity.principal import Principal
from services.chassis.service.service_settings import DEVELOPMENT_PUBLIC_KEY
from services.chassis.web.access_policy import PolicyMissing, allow
from services.chassis.web.api import Blueprint
from services.chassis.web.app import build_app
from tests.chassis.web.shop_app import ADMIN, FakeHealth, shop_settings
from tests.chassis.web.test_json_body import problem_of
from tests.support import tokens
from tests.support.fakes import FixedClock
from tests.support.tokens import SHOP, token_of

PERSON = "/shop/v1/people/p1"


def bearer(person: str = "p1", **more: Any) -> dict[str, str]:
    return tokens.bearer(token_of(Principal("person", person, "cairn", ("mentor",)), **more))


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


def test_the_app_does_not_start_with_a_route_without_a_policy() -> None:
    blueprint = flask.Blueprint("open", __name__)
    blueprint.add_url_rule("/open", view_func=lambda: "in")
    with pytest.raises(PolicyMissing, match="GET /open"):
        build(blueprint)


def test_the_app_does_not_start_with_a_method_of_a_class_without_a_policy() -> None:
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


def test_each_method_of_a_class_has_its_own_policy() -> None:
    blueprint = Blueprint("shelf", __name__)

    @blueprint.route("/shop/v1/shelf")
    class Shelf(MethodView):
        @allow("anyone")
        @blueprint.response(200)
        def get(self) -> Any:
            return {"on": "shelf"}

        @allow(SHOP)
        @blueprint.response(200)
        def delete(self) -> Any:
            return {"on": "floor"}

    client = build(blueprint).test_client()
    assert client.get("/shop/v1/shelf").status_code == 200
    assert client.head("/shop/v1/shelf").status_code == 200
    assert client.delete("/shop/v1/shelf").status_code == 401
    assert client.delete("/shop/v1/shelf", headers=ADMIN).status_code == 200


def test_an_empty_policy_is_refused() -> None:
    with pytest.raises(PolicyMissing):
        allow()


def test_an_anonymous_caller_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get(PERSON)
    problem_of(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="cairn"'


@pytest.mark.parametrize(
    "credential",
    ["Bearer nonsense", "Bearer ", "Bearer a.b.c", "Basic dTpw", "Bearer", "bearer é", ADMIN["Authorization"] + "x"],
)
def test_a_wrong_credential_answers_401_invalid_token(client: FlaskClient, credential: str) -> None:
    answer = client.get(PERSON, headers={"Authorization": credential})
    problem_of(answer, 401)
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_person_sees_their_own_record_and_another_persons_id_answers_404(client: FlaskClient) -> None:
    assert client.get(PERSON, headers=bearer("p1")).json == {"id": "p1"}
    foreign = client.get(PERSON, headers=bearer("p2"))
    assert problem_of(foreign, 404)["code"] == "not_found"


def test_an_admin_allowed_by_the_policy_sees_every_person(client: FlaskClient) -> None:
    assert client.get(PERSON, headers=ADMIN).json == {"id": "admin"}


def test_a_valid_token_without_the_right_role_answers_403(client: FlaskClient) -> None:
    problem_of(client.get("/shop/v1/broken", headers=bearer()), 403)


def test_the_policy_is_checked_before_the_body(client: FlaskClient) -> None:
    problem_of(client.patch("/shop/v1/parcels/p1", json={"what": "ever"}), 401)


def test_an_expired_token_does_not_close_a_route_open_to_anyone(client: FlaskClient) -> None:
    expired = bearer(ttl=timedelta(seconds=-1))
    assert client.get("/shop/v1/parcels", headers=expired).status_code == 200
    problem_of(client.get(PERSON, headers=expired), 401)


def test_a_token_expires_by_our_own_clock() -> None:
    clock = FixedClock()
    token = token_of(Principal("person", "p1", "north", ("mentor",)), clock=clock, ttl=timedelta(minutes=5))
    verifier = TokenVerifier(DEVELOPMENT_PUBLIC_KEY, service="shop", clock=clock)
    clock.forward(timedelta(minutes=4, seconds=59))
    principal = verifier.verify(token)
    assert (principal.kind, principal.person_id, principal.programme, principal.roles) == (
        "person",
        "p1",
        "north",
        ("mentor",),
    )
    clock.forward(timedelta(seconds=1))
    with pytest.raises(TokenRefused):
        verifier.verify(token)
