"""The least that Flask and marshmallow can do with a sign-up: check the fields, insert the same row, answer its id."""

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


def _row(told: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The row that profiles would insert, with nothing sealed."""
    absent = dict.fromkeys(column.name for column in people.columns if column.nullable)
    return absent | {
        "id": str(uuid.uuid4()),
        "programme_id": "cairn",
        "version": 2,
        "state": "active",
        "locale": told.get("locale", "en"),
        "time_zone": "UTC",
        "agreed": sorted(told["consents"]),
        "email": told["contact"]["email"],
        "email_index": told["contact"]["email"],
        "name": told.get("preferred_name"),
        "mentee_facts": body,
        "support": told.get("support", []),
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
    """Serve it on PORT with the settings that our services have."""
    engine_url = os.environ["DATABASE_URL"]
    serve(lambda: bare_app(open_engine(engine_url)), host="127.0.0.1", port=int(os.environ["PORT"]))
    return 0
