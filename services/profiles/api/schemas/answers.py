"""Schemas of responses, and of the smaller requests."""

from marshmallow import fields, validate

from services.chassis.web.fields import CairnSchema, Instant
from services.profiles.api.schemas.parts import ContactChangeSchema, ContactSchema, YesNo, code, text
from services.profiles.api.schemas.sides import MenteeFields, MentorFields
from services.profiles.domain.consent import purposes


class RangeSchema(CairnSchema):
    """The range of hours within which eight of ten people were matched."""

    shortest_hours = fields.Integer(required=True)
    longest_hours = fields.Integer(required=True)


class BasisSchema(CairnSchema):
    """The matches that the range is computed from."""

    matches = fields.Integer(required=True, metadata={"description": "how many recent matches"})
    days = fields.Integer(required=True, metadata={"description": "from how many days back"})


class WaitingSchema(CairnSchema):
    """The waiting time; ``range`` is null while too few matches are known."""

    range = fields.Nested(RangeSchema, required=True, allow_none=True)
    basis = fields.Nested(BasisSchema, required=True)
    words = fields.String(required=True)


class SignpostSchema(CairnSchema):
    """Another place to find help."""

    code = fields.String(required=True)
    words = fields.String(required=True)


class JoinedSchema(CairnSchema):
    """The answer to a sign-up."""

    id = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["mentee", "mentor"]))
    status = fields.String(required=True, validate=validate.OneOf(["waiting", "applied", "approved"]))
    access_token = fields.String(required=True, metadata={"description": "send it as `Authorization: Bearer …`"})
    token_expires_at = Instant(required=True)
    refresh_token = fields.String(required=True)
    session_expires_at = Instant(required=True)
    next = fields.String(required=True, metadata={"description": "what happens next, in the person's language"})
    waiting = fields.Nested(WaitingSchema, required=True)
    signposts = fields.List(fields.Nested(SignpostSchema), required=True)


class MenteeView(MenteeFields):
    """A mentee's current answers."""

    waiting_since = Instant()


class MentorView(MentorFields):
    """A mentor's current answers, and an admin's decision."""

    status = fields.String(validate=validate.OneOf(["applied", "approved"]))
    applied_at = Instant()
    trained_until = fields.Date(allow_none=True)
    cleared_for_minors = fields.Boolean()


class PersonSchema(CairnSchema):
    """A person's record."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["active", "paused", "left"]))
    paused_until = Instant(required=True, allow_none=True)
    roles = fields.List(fields.String(validate=validate.OneOf(["mentee", "mentor"])), required=True)
    preferred_name = fields.String(required=True, allow_none=True)
    pronouns = fields.String(required=True, allow_none=True)
    contact = fields.Nested(ContactSchema, required=True)
    locale = fields.String(required=True)
    consents = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    mentee = fields.Nested(MenteeView, required=True, allow_none=True)
    mentor = fields.Nested(MentorView, required=True, allow_none=True)


class PersonChangeSchema(CairnSchema):
    """A change of a record: only the fields that are sent change; null empties an optional field."""

    preferred_name = text(80, "what to call you", allow_none=True)
    pronouns = text(40, "as you wish to be spoken of", allow_none=True)
    contact = fields.Nested(ContactChangeSchema)
    locale = code("locale", metadata={"description": "language of messages"})
    mentee = fields.Nested(MenteeFields)
    mentor = fields.Nested(MentorFields)


class ConsentAnswerSchema(CairnSchema):
    """A consent to one purpose, given or withdrawn."""

    purpose = fields.String(required=True, validate=validate.OneOf(purposes()))
    given = YesNo(required=True)


class ConsentEntrySchema(ConsentAnswerSchema):
    """One entry of the consent ledger."""

    at = Instant(required=True)
    wording = fields.String(required=True, metadata={"description": "version of the text that was answered"})


class LedgerSchema(CairnSchema):
    """The consents in force, and all entries, oldest first."""

    standing = fields.List(fields.String(), required=True)
    items = fields.List(fields.Nested(ConsentEntrySchema), required=True)


class PauseSchema(CairnSchema):
    """A break, open-ended unless an end is given."""

    until = Instant(allow_none=True, load_default=None, metadata={"description": "when the break ends by itself"})


class ErasureSchema(CairnSchema):
    """The progress of an erasure."""

    person_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["under_way", "complete"]))
    asked_at = Instant(required=True)
    confirmed_by = fields.Dict(
        keys=fields.String(), values=Instant(), required=True, metadata={"description": "service and when"}
    )
    waiting_for = fields.List(fields.String(), required=True)


class ApprovalSchema(CairnSchema):
    """An admin's decision about a mentor."""

    decision = fields.String(
        load_default="approved",
        validate=validate.OneOf(["approved", "taken_back"], error="Please give approved or taken_back."),
    )
    reason = text(500, "kept in the audit; no health details please", required=True)
    trained_until = fields.Date(allow_none=True, load_default=None, metadata={"description": "training valid until"})
    cleared_for_minors = YesNo(load_default=False)


class MentorListItem(CairnSchema):
    """A mentor in the admin's list; their record has the rest."""

    id = fields.String(required=True)
    status = fields.String(required=True)
    applied_at = Instant(required=True)
    preferred_name = fields.String(required=True, allow_none=True)
    languages = fields.List(fields.String(), required=True)
    capacity = fields.Integer(required=True)
    trained_until = fields.Date(required=True, allow_none=True)
    version = fields.Integer(required=True)


class LinkRequestSchema(CairnSchema):
    """The address that a sign-in link is sent to."""

    email = fields.String(
        required=True,
        validate=[
            validate.Length(max=254, error="Please give an e-mail address of at most 254 letters."),
            validate.Email(error="Please give an e-mail address, such as sam@example.org."),
        ],
        metadata={"format": "email", "maxLength": 254},
    )


class SaidSchema(CairnSchema):
    """A sentence for the reader."""

    words = fields.String(required=True)


class LinkTokenSchema(CairnSchema):
    """The token of a link in a mail."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class ReasonSchema(CairnSchema):
    """One reason of a match."""

    criterion = fields.String(required=True)
    band = fields.String(required=True)
    codes = fields.List(fields.String(), required=True)
    words = fields.String(required=True)


class CardSchema(CairnSchema):
    """What one of the two sees of the other."""

    match_id = fields.String(required=True)
    stage = fields.String(required=True, validate=validate.OneOf(["accepted", "active"]))
    confirm_by = Instant(required=True, allow_none=True)
    shown_to = fields.String(required=True, validate=validate.OneOf(["mentee", "mentor"]))
    display_name = fields.String(required=True, allow_none=True)
    pronouns = fields.String(required=True, allow_none=True)
    own_words = fields.String(required=True, allow_none=True)
    hopes = fields.String(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    boundary = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "for the mentee of a mentor who also works in health care: they speak as a peer here"},
    )
    ground_rules = fields.String(required=True)
    contact = fields.Nested(
        ContactSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null until the match is active; each read is recorded"},
    )


class EntrySchema(CairnSchema):
    """A code and its label."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class ModelSchema(EntrySchema):
    """A device model that can be named."""

    device_class = fields.String(required=True)


class CatalogueQuery(CairnSchema):
    """The language of the catalogue."""

    locale = fields.String(
        load_default=None,
        validate=validate.Length(max=35, error="Please give a language tag such as fr."),
        metadata={"description": "a language tag; else by Accept-Language"},
    )


class CatalogueSchema(CairnSchema):
    """Every vocabulary with labels."""

    locale = fields.String(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(["ltr", "rtl"]))
    vocabularies = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(EntrySchema)), required=True)
    device_models = fields.List(fields.Nested(ModelSchema), required=True)
