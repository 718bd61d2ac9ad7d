"""Schemas of the bodies and queries of notifications, with the meaning of each field."""

import marshmallow as ma
from marshmallow import fields, validate

from services.chassis.web.fields import CairnSchema, Code, Instant
from services.chassis.web.pagination import PageQuery, page_schema
from services.notifications.domain import kinds
from services.notifications.domain.delivery import State
from services.notifications.domain.preferences import PACES
from services.notifications.domain.quiet import read_quiet_hours

KINDS = tuple(kind.name for kind in kinds.ALL)
STATES = tuple(state.value for state in State)
_ID = validate.Length(1, 64, error="Please give an id of 1 to 64 characters.")


class DeliverySchema(CairnSchema):
    """One message, pending or settled: that it exists, never its text or address."""

    id = fields.String(required=True)
    person_id = fields.String(
        required=True, allow_none=True, metadata={"description": "null once the person is erased"}
    )
    kind = Code(KINDS, axis="kind", required=True)
    subject = fields.String(
        required=True, allow_none=True, metadata={"description": "the id it is about: a match, a person or a request"}
    )
    state = Code(STATES, axis="state", required=True)
    cause = fields.String(required=True, metadata={"description": "why it failed, lapsed or was unwanted; else empty"})
    locale = fields.String(
        required=True, metadata={"description": "language of the message; empty until it is written"}
    )
    channel = fields.String(required=True, metadata={"description": "channel that sent it; empty until it is sent"})
    tries = fields.Integer(required=True, metadata={"description": "attempts so far"})
    unclear_tries = fields.Integer(
        required=True, metadata={"description": "attempts cut off after the mail may have been taken"}
    )
    created_at = Instant(required=True)
    settled_at = Instant(required=True, allow_none=True)


DeliveryPage = page_schema(DeliverySchema)


class DeliveryQuery(PageQuery):
    """A filter and page of deliveries; without a filter all of the programme, newest first."""

    kind = Code(KINDS, axis="kind", load_default=None, metadata={"description": "only this kind of message"})
    state = Code(STATES, axis="state", load_default=None, metadata={"description": "only messages in this state"})
    person_id = fields.String(load_default=None, validate=_ID, metadata={"description": "only messages to this person"})


class CountSchema(CairnSchema):
    """The number of messages of one kind, language and state."""

    kind = Code(KINDS, axis="kind", required=True)
    locale = fields.String(required=True, metadata={"description": "empty for messages that were never written"})
    state = Code(STATES, axis="state", required=True)
    count = fields.Integer(required=True)


class StatsSchema(CairnSchema):
    """Figures of the programme's messages."""

    items = fields.List(fields.Nested(CountSchema), required=True)
    delivered_by_locale = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"example": {"en": 12, "es": 3}}
    )
    delivered_by_kind = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"example": {"proposal": 9}}
    )


def _quiet_hours(value: str) -> None:
    try:
        read_quiet_hours(value)
    except ValueError:
        raise ma.ValidationError("Please give hours such as 21:00-08:00, or off.") from None


_HELPFUL = "whether to send helpful messages (reminders, news while waiting); false after unsubscribing"
_PACE = "send at once, or hold helpful messages until nine in the morning"
_QUIET = "hours of the reader's day without mail, such as 21:00-08:00; off for none; null for the programme's own"


class PreferencesSchema(CairnSchema):
    """How many messages a person wants, and when."""

    person_id = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "counts changes; also the ETag"})
    helpful = fields.Boolean(required=True, metadata={"description": _HELPFUL})
    pace = Code(PACES, axis="pace", required=True, metadata={"description": _PACE})
    quiet_hours = fields.String(required=True, allow_none=True, metadata={"description": _QUIET})


class PreferencesChange(CairnSchema):
    """A change of preferences; fields that are left out stay as they are."""

    helpful = fields.Boolean(metadata={"description": _HELPFUL})
    pace = Code(PACES, axis="pace", metadata={"description": _PACE})
    quiet_hours = fields.String(
        allow_none=True,
        validate=_quiet_hours,
        metadata={
            "description": _QUIET,
            "example": "21:00-08:00",
            "pattern": "^(off|([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])$",
        },
    )


class MailQuery(CairnSchema):
    """A filter of the mailbox."""

    to = fields.String(
        load_default="",
        validate=validate.Length(max=254, error="An address has 254 characters at most."),
        metadata={"description": "only mails to this address"},
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200, error="Please ask for 1 to 200 mails."),
        metadata={"description": "how many at most"},
    )


class MailSchema(CairnSchema):
    """A mail as it would have been sent."""

    name = fields.String(required=True, metadata={"description": "its file in the outbox"})
    to = fields.String(required=True)
    subject = fields.String(required=True)
    at = Instant(required=True)
    text = fields.String(required=True)
    links = fields.List(fields.String(), required=True, metadata={"description": "addresses in the text, in order"})


class MailsSchema(CairnSchema):
    """Mails, newest first."""

    items = fields.List(fields.Nested(MailSchema), required=True)
