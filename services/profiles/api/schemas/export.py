"""Schemas of a person's export."""

from marshmallow import fields

from services.chassis.web.fields import CairnSchema, Instant
from services.profiles.api.schemas.answers import ConsentEntrySchema, PersonSchema


class ExportedPersonSchema(PersonSchema):
    """A person's record with the fields that only the export shows."""

    time_zone = fields.String(required=True)


class ExportedIntroductionSchema(CairnSchema):
    """A match of this person, without the other person's details."""

    match_id = fields.String(required=True)
    stage = fields.String(required=True)
    as_ = fields.String(required=True, data_key="as", attribute="as")


class ExportedLinkSchema(CairnSchema):
    """A requested sign-in link."""

    asked_at = Instant(required=True)
    expires_at = Instant(required=True)
    used_at = Instant(required=True, allow_none=True)


class ExportedAuditSchema(CairnSchema):
    """An action or read by an admin, with its reason."""

    at = Instant(required=True)
    action = fields.String(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


class ExportSchema(CairnSchema):
    """All data that profiles has of a person."""

    person = fields.Nested(ExportedPersonSchema, required=True)
    consents = fields.List(fields.Nested(ConsentEntrySchema), required=True)
    introductions = fields.List(fields.Nested(ExportedIntroductionSchema), required=True)
    sign_in_links = fields.List(fields.Nested(ExportedLinkSchema), required=True)
    audit = fields.List(fields.Nested(ExportedAuditSchema), required=True)
