"""Schemas of the answers of mentees and mentors, for sign-up and for changes."""

from services.chassis.web.fields import CairnSchema
from services.events.facts import MenteeFacts, MentorFacts
from services.profiles.api.schemas.fact_fields import answer_fields
from services.profiles.api.schemas.parts import JoinFields, code
from services.profiles.domain.person import MenteeSide, MentorSide


class MenteeFields(CairnSchema):
    """The answers of a mentee, all optional."""

    class Meta(CairnSchema.Meta):
        """Take the fields from the table of facts."""

        include = answer_fields(MenteeFacts, MenteeSide)


class MenteeSignUpSchema(JoinFields):
    """A person who looks for a mentor. Five fields are required; the rest helps and has neutral defaults."""

    class Meta(CairnSchema.Meta):
        """Take the fields from the table of facts."""

        include = answer_fields(MenteeFacts, MenteeSide, join=True) | {
            "diabetes_type": code("diabetes_type", required=True, metadata={"description": "`unsure` is fine"})
        }


class MentorFields(CairnSchema):
    """The answers of a mentor, all optional."""

    class Meta(CairnSchema.Meta):
        """Take the fields from the table of facts."""

        include = answer_fields(MentorFacts, MentorSide)


class MentorApplicationSchema(JoinFields):
    """A person who offers their lived experience."""

    class Meta(CairnSchema.Meta):
        """Take the fields from the table of facts."""

        include = answer_fields(MentorFacts, MentorSide, join=True)
