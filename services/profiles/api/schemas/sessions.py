"""Schemas of sessions and API keys."""

from marshmallow import fields, validate

from services.chassis.web.fields import CairnSchema, Instant
from services.events.permissions import PERMISSIONS
from services.profiles.api.schemas.parts import text
from services.profiles.domain.api_key import LONGEST_DAYS

_TOKEN = {"description": "send it as `Authorization: Bearer …`"}


class RefreshSchema(CairnSchema):
    """The refresh token of a session."""

    refresh_token = fields.String(required=True, validate=validate.Length(min=1, max=200))


class SignedInSchema(CairnSchema):
    """A signed-in caller: an access token for some minutes, and a refresh token that renews it."""

    person_id = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    access_token = fields.String(required=True, metadata=_TOKEN)
    token_expires_at = Instant(required=True)
    refresh_token = fields.String(
        required=True, metadata={"description": "for `POST /profiles/v1/session-renewals`; it changes each time"}
    )
    session_expires_at = Instant(required=True)


class SessionItemSchema(CairnSchema):
    """An open session."""

    id = fields.String(required=True)
    client = fields.String(required=True, validate=validate.OneOf(["browser", "api"]))
    started_at = Instant(required=True)
    renewed_at = Instant(required=True)
    expires_at = Instant(required=True)
    current = fields.Boolean(required=True, metadata={"description": "whether it is the session of this request"})


class SessionListSchema(CairnSchema):
    """Open sessions."""

    items = fields.List(fields.Nested(SessionItemSchema), required=True)


class KeyTextSchema(CairnSchema):
    """An API key."""

    api_key = fields.String(required=True, validate=validate.Length(min=1, max=200))


class KeyTokenSchema(CairnSchema):
    """An access token for a system."""

    access_token = fields.String(required=True, metadata=_TOKEN)
    token_expires_at = Instant(required=True)
    permissions = fields.List(fields.String(), required=True)


class KeyRequestSchema(CairnSchema):
    """A request for an API key."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=80, error="Please give a name of 1 to 80 letters."),
        metadata={"description": "what will use it; no names of people"},
    )
    permissions = fields.List(
        fields.String(validate=validate.OneOf(sorted(PERMISSIONS), error="Please give permissions from the list.")),
        required=True,
        validate=validate.Length(min=1, max=len(PERMISSIONS)),
    )
    days = fields.Integer(
        load_default=90,
        strict=True,
        validate=validate.Range(min=1, max=LONGEST_DAYS, error="Please give between {min} and {max} days."),
    )
    reason = text(500, "kept in the audit; nothing personal please", load_default=None)


class KeySchema(CairnSchema):
    """An API key without its secret."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    part = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    created_by = fields.String(required=True)
    expires_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)


class NewKeySchema(CairnSchema):
    """A new API key with its text, which is shown this once."""

    key = fields.Nested(KeySchema, required=True)
    api_key = fields.String(required=True)


class KeyListSchema(CairnSchema):
    """All API keys."""

    items = fields.List(fields.Nested(KeySchema), required=True)
