"""The shop over HTTP: one route for every part of the chassis' web side."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import sqlalchemy as sa
from flask import Flask, Response
from marshmallow import fields, validate

from services.chassis.core import errors
from services.chassis.service.service_settings import ServiceSettings
from services.chassis.service.settings import load
from services.chassis.storage.unit_of_work import UnitOfWork
from services.chassis.web.access_policy import allow, current, ensure_own
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.app import build_app
from services.chassis.web.etags import conditional, require_match, set_version
from services.chassis.web.fields import CairnSchema, Code, Instant, LanguageTag, Shaped
from services.chassis.web.html_pages import check_nonce, render
from services.chassis.web.idempotency import idempotent
from services.chassis.web.pagination import PageQuery, page, page_schema, read_cursor
from services.chassis.web.rate_limits import limited
from tests.chassis.shop import PARCELS, Shop
from tests.support.tokens import SHOP, bearer, staff_token

ADMIN = bearer(staff_token())
FOLDER = Path(__file__).parent


class LabelSchema(CairnSchema):
    language = LanguageTag(required=True)
    text = fields.String(
        required=True, validate=validate.Length(min=1, max=200, error="Please write 1 to 200 letters.")
    )


class ParcelSchema(CairnSchema):
    id = Shaped("[a-z0-9-]{1,40}", "Please use small letters, digits and dashes, 40 at most.", required=True)
    size = Code(["small", "medium", "large"], axis="size", load_default="small")
    pieces = fields.Integer(load_default=1, validate=validate.Range(1, 99))
    labels = fields.List(fields.Nested(LabelSchema), load_default=list)
    send_at = Instant()
    day = fields.Date()
    note = fields.String(load_default="")


class ItemSchema(CairnSchema):
    id = fields.String(required=True)


@dataclass
class FakeHealth:
    status: str = "ok"
    details: dict[str, str] = field(default_factory=dict)

    def report(self) -> tuple[str, dict[str, str]]:
        return self.status, self.details


def shop_settings(**environ: str) -> ServiceSettings:
    base = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": "sqlite:////nowhere/shop.db",
        "BROKER_URL": "embedded:////nowhere/broker.db",
    }
    return load(ServiceSettings, base | environ)


def shop_api(uow: UnitOfWork[Shop] | None) -> Blueprint:
    """Return a new API blueprint; each app needs its own, since it is bound to a unit of work."""
    blueprint = Blueprint("parcels", __name__, description="Parcels")

    def db() -> UnitOfWork[Shop]:
        assert uow is not None
        return uow

    @blueprint.route("/shop/v1/parcels", methods=["POST"])
    @allow("anyone")
    @idempotent
    @blueprint.arguments(ParcelSchema)
    @blueprint.response(201, ParcelSchema)
    @answers(409)
    def send(parcel: dict[str, Any]) -> Any:
        """Send a parcel."""
        with db().begin() as shop:
            if parcel["id"] in shop.parcels():
                raise errors.Conflict("parcel_known", "This parcel was sent already.", now={"state": "sent"})
            shop.add(parcel["id"])
            if parcel["note"] == "burn":
                raise RuntimeError(f"the note of {parcel['id']} burned")
        set_version(1)
        return parcel, 201, {"Location": f"/shop/v1/parcels/{parcel['id']}"}

    @blueprint.route("/shop/v1/parcels")
    @allow("anyone")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_schema(ItemSchema))
    def parcels(query: dict[str, Any]) -> Any:
        """List parcels."""
        after = read_cursor(query["cursor"])
        with db().begin() as shop:
            rows = sa.select(PARCELS.c.id).order_by(PARCELS.c.id).limit(query["limit"] + 1)
            items = shop.connection.execute(rows.where(PARCELS.c.id > after[0]) if after else rows).all()
        return page(items, limit=query["limit"], position=lambda row: (row.id,))

    @blueprint.route("/shop/v1/parcels/<string:parcel_id>")
    @allow("anyone")
    @blueprint.response(200, ItemSchema)
    def parcel(parcel_id: str) -> Any:
        """Show a parcel."""
        with db().begin() as shop:
            if parcel_id not in shop.parcels():
                raise errors.NotFound("parcel_unknown", "There is no such parcel.")
        set_version(7)
        return {"id": parcel_id}

    @blueprint.route("/shop/v1/parcels/<string:parcel_id>", methods=["PATCH"])
    @allow(SHOP)
    @conditional
    @blueprint.response(200, ItemSchema)
    def change(parcel_id: str) -> Any:
        """Change a parcel."""
        require_match(7)
        set_version(8)
        return {"id": parcel_id}

    @blueprint.route("/shop/v1/parcels/<string:parcel_id>/label", methods=["PUT"])
    @allow(SHOP)
    @conditional(always=False)
    @blueprint.response(200, ItemSchema)
    def label(parcel_id: str) -> Any:
        """Put a label on a parcel, of which there is one already on p1."""
        if parcel_id == "p1":
            require_match(7)
        return {"id": parcel_id}

    @blueprint.route("/shop/v1/people/<string:person_id>")
    @allow("person", SHOP)
    @blueprint.response(200, ItemSchema)
    def person(person_id: str) -> Any:
        """Show a customer."""
        ensure_own(person_id)
        return {"id": current().person_id or "admin"}

    @blueprint.route("/shop/v1/broken")
    @allow(SHOP)
    @blueprint.response(200)
    def broken() -> Any:
        """Break, with a name in the message."""
        raise RuntimeError("Ana Lopez <ana@example.org> is not in the table")

    @blueprint.route("/shop/v1/away")
    @allow(SHOP)
    @blueprint.response(200)
    def away() -> Any:
        """Find the storage away."""
        raise errors.Unavailable("the database does not answer")

    @blueprint.route("/shop/v1/knock", methods=["POST"])
    @allow("anyone")
    @limited("2 per minute")
    @blueprint.response(204)
    def knock() -> None:
        """Knock, not too often."""

    return blueprint


def shop_pages() -> flask.Blueprint:
    pages = flask.Blueprint("pages", __name__, template_folder=str(FOLDER / "templates"))

    @pages.get("/counter")
    @allow("anyone")
    def counter() -> Response:
        return render("counter.html", greeting="<b>hello</b>")

    @pages.post("/counter")
    @allow("anyone")
    def order() -> Response:
        check_nonce()
        return render("counter.html", greeting="ordered")

    @pages.get("/links/<token>")
    @allow("anyone")
    def link(token: str) -> Response:
        if token != "right":
            raise errors.NotFound("link_not_valid", "This link does not open anything.")
        return Response("open")

    @pages.get("/counter/broken")
    @allow("anyone")
    def broken() -> Response:
        raise errors.Conflict("closed", "The counter is closed.")

    return pages


def shop_app(uow: UnitOfWork[Shop] | None = None, *, health: FakeHealth | None = None, **environ: str) -> Flask:
    return build_app(
        name="shop",
        title="The shop",
        settings=shop_settings(**environ),
        health=health or FakeHealth(),
        blueprints=[shop_api(uow)],
        pages=[shop_pages()],
        uow=uow,
    )
