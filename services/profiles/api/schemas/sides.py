"""Schemas of the answers of mentees and mentors, for sign-up and for changes."""

from marshmallow import fields, validate

from services.chassis.web.fields import CairnSchema, Code
from services.events.validation import limits
from services.events.vocabulary import codes
from services.events.vocabulary.device_models import device_models
from services.profiles.api.schemas.parts import (
    LONGEST_TEXT,
    JoinFields,
    SharedFields,
    SpokenSchema,
    Whole,
    YesNo,
    at_most,
    code,
    month,
    several,
    text,
)


def _model() -> Code:
    return Code(tuple(device_models()), axis="device model", allow_none=True)


class DeviceInterestSchema(CairnSchema):
    """A device a person asks about, and how far along they are."""

    device_class = code("device_class", required=True)
    stage = code("device_stage", required=True)
    model = _model()


class DeviceLivedSchema(CairnSchema):
    """A device a person lived with; no ``until`` means it is still in use."""

    device_class = code("device_class", required=True)
    model = _model()
    since = month("first month of use")
    until = month("last month of use")


class LifeStageSchema(CairnSchema):
    """A stage of life, possibly with an end date."""

    code = code("life_stage", required=True)
    until = fields.Date(allow_none=True, metadata={"description": "last day on which it counts"})


class MustSchema(CairnSchema):
    """A mentee's own condition: a mentor who does not meet it is never proposed."""

    criterion = code("must", required=True)
    value = fields.String(
        required=True,
        validate=validate.Length(min=1, max=40, error="Please give one code or language tag."),
        metadata={
            "description": "a code of that vocabulary, a device model or a language tag; for a relation also `any`"
        },
    )


class MenteeFields(SharedFields):
    """The answers of a mentee, all optional."""

    relation = code("relation")
    diabetes_type = code("diabetes_type")
    devices = at_most(fields.Nested(DeviceInterestSchema), limits.DEVICES_ASKED, "devices you use or think about")
    life_stages = at_most(fields.Nested(LifeStageSchema), len(codes("life_stage")), "stages of life now")
    request_shape = code("request_shape", metadata={"description": "how much company you wish for"})
    matters_most = several("matters", about="what matters most in a mentor, up to three")
    musts = at_most(
        fields.Nested(MustSchema),
        limits.MUSTS,
        "conditions; each makes the wait longer. They hold together; of genders, types, relations one is enough",
    )
    support = several("support", about="whom you can lean on; never shown to mentors")
    ever_met_a_peer = YesNo(
        allow_none=True, metadata={"description": "whether you have ever met someone in the same situation"}
    )
    digital_comfort = code("digital_comfort", allow_none=True)
    referral_code = text(40, "if someone referred you", allow_none=True)


class MenteeSignUpSchema(JoinFields, MenteeFields):
    """A person who looks for a mentor. Five fields are required; the rest helps and has neutral defaults."""

    languages = at_most(fields.Nested(SpokenSchema), limits.LANGUAGES, "languages, best first", least=1, required=True)
    relation = code("relation", required=True)
    diabetes_type = code("diabetes_type", required=True, metadata={"description": "`unsure` is fine"})


class MentorFields(SharedFields):
    """The answers of a mentor, all optional."""

    relations = at_most(code("relation"), len(codes("relation")), "how you know diabetes", least=1)
    diabetes_types = at_most(
        code("diabetes_type"), len(codes("diabetes_type")), "what you, or whom you care for, live with", least=1
    )
    devices = at_most(fields.Nested(DeviceLivedSchema), limits.DEVICES_LIVED, "devices you lived with")
    life_stages = several("life_stage", about="stages of life you lived through")
    request_shapes = several("request_shape", about="what you offer; none means any")
    capacity = Whole(
        validate=validate.Range(*limits.CAPACITY, error="Please give 1 to 10 people at the same time."),
        metadata={"description": "how many people you accompany at the same time"},
    )
    hours_per_month = Whole(
        allow_none=True,
        validate=validate.Range(*limits.HOURS_PER_MONTH, error="Please give 1 to 100 hours."),
    )
    also_clinician = YesNo(metadata={"description": "you also work in health care; you speak as a peer here"})
    hopes = text(LONGEST_TEXT, "what you hope to gain yourself", allow_none=True)


class MentorApplicationSchema(JoinFields, MentorFields):
    """A person who offers their lived experience."""

    languages = at_most(fields.Nested(SpokenSchema), limits.LANGUAGES, "languages, best first", least=1, required=True)
    relations = at_most(code("relation"), len(codes("relation")), "how you know diabetes", least=1, required=True)
    diabetes_types = at_most(
        code("diabetes_type"),
        len(codes("diabetes_type")),
        "what you, or whom you care for, live with",
        least=1,
        required=True,
    )
