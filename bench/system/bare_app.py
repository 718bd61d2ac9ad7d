"""A minimal sign-up in Flask and marshmallow: check the fields, insert the same row, return its id."""

import os
import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, request
from marshmallow import EXCLUDE, Schema, fields

from services.chassis.service.serve import serve
from services.chassis.storage.database import open_engine
from services.profiles.adapters.tables import people


class _Spoken(Schema):
    tag = fields.String(required=True)
    level = fields.String(required=True)


class _Contact(Schema):
    email = fields.Email(required=True)


class _SignUp(Schema):
    class Meta:
        unknown = EXCLUDE

    contact = fields.Nested(_Contact, required=True)
    preferred_name = fields.String()
    locale = fields.String()
    languages = fields.List(fields.Nested(_Spoken), required=True)
    relation = fields.String(required=True)
    diabetes_type = fields.String(required=True)
    diagnosed = fields.String()
    consents = fields.List(fields.String(), required=True)
    goals = fields.List(fields.String())
    topics = fields.List(fields.String())
    formats = fields.List(fields.String())
    situations = fields.List(fields.String())
    support = fields.List(fields.String())


def _row(sign_up: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Return the row that profiles would insert, without sealed fields."""
    absent = dict.fromkeys(column.name for column in people.columns if column.nullable)
    return absent | {
        "id": str(uuid.uuid4()),
        "programme_id": "cairn",
        "version": 2,
        "state": "active",
        "locale": sign_up.get("locale", "en"),
        "time_zone": "UTC",
        "agreed": sorted(sign_up["consents"]),
        "email": sign_up["contact"]["email"],
        "email_index": sign_up["contact"]["email"],
        "name": sign_up.get("preferred_name"),
        "mentee_facts": body,
        "support": sign_up.get("support", []),
        "mentee_access": [],
        "mentor_access": [],
        "created_at": datetime.now(UTC),
    }


def bare_app(engine: sa.Engine) -> Flask:
    """Return the app."""
    app, schema = Flask(__name__), _SignUp()

    @app.post("/sign-up")
    def sign_up() -> tuple[dict[str, str], int]:
        row = _row(schema.load(request.get_json()), request.get_json())
        with engine.begin() as connection:
            connection.execute(people.insert(), row)
        return {"id": row["id"]}, 201

    return app


def serve_bare() -> int:
    """Serve the app on ``PORT`` with the server settings of our services."""
    engine_url = os.environ["DATABASE_URL"]
    serve(lambda: bare_app(open_engine(engine_url)), host="127.0.0.1", port=int(os.environ["PORT"]))
    return 0
