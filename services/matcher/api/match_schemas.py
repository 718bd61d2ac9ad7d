"""Schemas of matches and of the answers to them."""

from typing import Any

from marshmallow import fields, validate

from services.chassis.web.fields import CairnSchema, Code, Instant
from services.chassis.web.pagination import PageQuery
from services.events.vocabulary import codes
from services.matcher.domain.match import Match
from services.matcher.use_cases.steps.match_access import Actor

STATES = ("proposed", "accepted", "active", "ended")
_ENDS = ("completed", "not_the_fit", "withdrawn", "safeguarding")


class MatchQuery(PageQuery):
    """Which matches to list."""

    mine = fields.Boolean(
        load_default=False, metadata={"description": "People always see only their own; it is there to be said."}
    )
    state = Code(STATES, axis="state", load_default=None, metadata={"description": "Only matches in this state"})


class ReasonSchema(CairnSchema):
    """One reason for a pair, as codes."""

    criterion = fields.String(required=True, metadata={"example": "language"})
    band = fields.String(required=True, metadata={"enum": ["strong", "good", "some"]})
    codes = fields.List(
        fields.String(),
        required=True,
        metadata={
            "example": ["es"],
            "description": "What they share; stages of life only once the mentor has said yes",
        },
    )


class MatchSchema(CairnSchema):
    """A match: a mentor who was asked about, or accompanies, a mentee."""

    id = fields.String(required=True, metadata={"example": "0b8f3c1e-0d36-5a4e-9d0e-3f6f0f7a2b11"})
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    version = fields.Integer(required=True, metadata={"description": "Grows with every step; the ETag"})
    mentee_id = fields.String(required=True)
    mentor_id = fields.String(required=True)
    awaits = fields.String(
        required=True, allow_none=True, metadata={"description": "Whose answer is awaited: mentor or mentee"}
    )
    answer_by = Instant(required=True, allow_none=True, metadata={"description": "Until when it is awaited"})
    proposed_at = Instant(required=True)
    accepted_at = Instant(required=True, allow_none=True)
    active_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    end_cause = fields.String(required=True, allow_none=True, metadata={"example": None})
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    attempt = fields.Integer(metadata={"description": "Admins: which mentor in turn this is for the mentee"})
    round_id = fields.String(metadata={"description": "Admins: the round that made the pair"})
    ended_by = fields.String(allow_none=True, metadata={"description": "Admins: mentor, mentee, admin, time, profile"})
    decline_reason = fields.String(allow_none=True, metadata={"description": "Admins: the coded reason of a decline"})


class DeclineSchema(CairnSchema):
    """An optional reason and note for a decline."""

    reason = Code(codes("decline_reason"), axis="decline reason", load_default=None, allow_none=True)
    note = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=500, error="Please keep the note to 500 characters."),
        metadata={"description": "Private: kept by the matcher, read by nobody but an admin, never passed on"},
    )


class NoteSchema(CairnSchema):
    """The note that came with a decline, for the programme's team only."""

    match_id = fields.String(required=True)
    note = fields.String(required=True, allow_none=True, metadata={"description": "null when none was left"})


class EndSchema(CairnSchema):
    """How a match ends."""

    cause = Code(_ENDS, axis="cause", load_default="completed")
    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=500, error="Please keep the reason to 500 characters."),
        metadata={"description": "Admins: why, for the audit"},
    )


class SaidSchema(CairnSchema):
    """A criterion: in words for the two people, with numbers for an admin."""

    criterion = fields.String(required=True, metadata={"example": "device"})
    label = fields.String(required=True, metadata={"example": "Device"})
    band = fields.String(required=True, metadata={"example": "strong"})
    band_label = fields.String(required=True, metadata={"example": "a strong fit"})
    shared = fields.List(fields.String(), required=True, metadata={"example": ["insulin pump with tubing"]})
    score = fields.Integer(metadata={"description": "Admins: 0 to 100"})
    weight = fields.Integer(metadata={"description": "Admins: thousandths of the whole"})
    codes = fields.List(fields.String(), metadata={"description": "Admins: the codes behind the words"})


class ExplanationSchema(CairnSchema):
    """Why these two were matched."""

    match_id = fields.String(required=True)
    locale = fields.String(required=True, metadata={"example": "en"})
    band = fields.String(required=True, metadata={"example": "good"})
    band_label = fields.String(required=True, metadata={"example": "a good fit"})
    parts = fields.List(fields.Nested(SaidSchema), required=True)
    score = fields.Integer(metadata={"description": "Admins: 0 to 100"})


def shown_match(match: Match, actor: Actor) -> dict[str, Any]:
    """Return a match as the actor may see it; only admins see all reasons, and how and why it was declined or ended."""
    body: dict[str, Any] = {name: getattr(match, name) for name in _PLAIN}
    reasons = match.reasons if actor.is_admin else match.reasons_told
    body["reasons"] = [{"criterion": r.criterion, "band": r.band, "codes": list(r.codes)} for r in reasons]
    if actor.is_admin:
        return body | {name: getattr(match, name) for name in ("attempt", "round_id", "ended_by", "decline_reason")}
    if match.end_cause == "safeguarding":  # a safeguarding concern is not shown to the two people
        body["end_cause"] = "withdrawn"
    return body


_PLAIN = (
    *("id", "state", "version", "mentee_id", "mentor_id", "awaits", "answer_by"),
    *("proposed_at", "accepted_at", "active_at", "ended_at", "end_cause"),
)
