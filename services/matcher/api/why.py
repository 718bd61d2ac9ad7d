"""Explain why a mentee waits: in words for the mentee, with numbers for an admin."""

from typing import Any

from marshmallow import fields

from services.chassis.i18n.translations import Phrases
from services.chassis.web.access_policy import allow, ensure_own
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import CairnSchema
from services.matcher.api.context import WAITING, ApiContext, actor, patience, reader
from services.matcher.api.waits import CAUSE, STATUS
from services.matcher.domain.explain import Bottleneck
from services.matcher.use_cases.explain_wait import ShownRelaxation, WaitExplanation, explain_wait
from services.matcher.use_cases.wording.causes_and_rules import format_rule
from services.matcher.use_cases.wording.wait_reasons import format_bottleneck, format_relaxation, format_wait_reasons


class RuleSchema(CairnSchema):
    """A rule that binds."""

    rule = fields.String(required=True, metadata={"example": "must:gender"})
    label = fields.String(required=True, metadata={"example": "the condition: Gender"})


class RelaxationSchema(CairnSchema):
    """Wishes that, dropped together, would open mentors; only the mentee decides about them."""

    rules = fields.List(fields.String(), required=True, metadata={"example": ["must:gender"]})
    says = fields.String(required=True)
    mentors = fields.Integer(metadata={"description": "Admins: how many mentors that would open"})


class CrowdSchema(CairnSchema):
    """People who need the same few places, which proves that there are too few."""

    says = fields.String(required=True)
    mentees = fields.List(fields.String(), required=True, metadata={"description": "Who they are"})
    mentors = fields.List(
        fields.String(), required=True, metadata={"description": "The mentors any of them could meet"}
    )
    places = fields.Integer(required=True, metadata={"description": "The places those mentors have"})
    have_in_common = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        required=True,
        metadata={"description": "What all of them asked for", "example": [{"criterion": "language"}]},
    )


class WhySchema(CairnSchema):
    """Why a mentee has no mentor yet."""

    mentee_id = fields.String(required=True)
    locale = fields.String(required=True, metadata={"example": "en"})
    status = fields.String(required=True, metadata=STATUS)
    cause = fields.String(required=True, allow_none=True, metadata=CAUSE)
    says = fields.List(fields.String(), required=True, metadata={"description": "The reason in sentences"})
    rules = fields.List(fields.String(), required=True, metadata={"description": "What binds, most telling first"})
    rule_labels = fields.List(fields.Nested(RuleSchema), required=True)
    relaxations = fields.List(fields.Nested(RelaxationSchema), required=True)
    crowd = fields.Nested(
        CrowdSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "Admins: who needed the same few places in the round that decided. A person reads nothing "
            "of other people"
        },
    )
    round_id = fields.String(
        required=True, allow_none=True, metadata={"description": "The last round that decided about them"}
    )
    suitable = fields.Integer(allow_none=True, metadata={"description": "Admins: mentors who break no rule now"})
    free = fields.Integer(allow_none=True, metadata={"description": "Admins: of these, with a free place now"})


def why_routes(context: ApiContext) -> Blueprint:
    """Return the routes; for the mentee themselves and admins."""
    routes = Blueprint(
        f"{WAITING} explained", __name__, description="What stands in the way, and what would change it."
    )

    @routes.route("/matcher/v1/mentees/<mentee_id>/why-unmatched")
    @allow("person", "matches:read")
    @answers(409)
    @routes.response(200, WhySchema, description="The reason, and what would change it")
    def read_why(mentee_id: str) -> dict[str, Any]:
        """Read why a mentee has no mentor yet.

        The mentee gets sentences in their own language, without numbers or anything about other people; an admin also
        gets the numbers and ids behind them, which is audited. When the engine is busy (503 with Retry-After) or the
        pool too large (409), an admin gets that error, and a mentee the cause that the last round stored.
        """
        ensure_own(mentee_id)
        with patience():
            why = explain_wait(context.uow, context.queue, actor(), mentee_id, reader())
        return _shown(why, context.words.of(why.locale))

    return routes


def _shown(why: WaitExplanation, phrases: Phrases) -> dict[str, Any]:
    details = why.details
    body: dict[str, Any] = {
        "mentee_id": why.person_id,
        "locale": phrases.locale,
        "status": why.status,
        "cause": why.cause,
        "says": list(format_wait_reasons(why, phrases)),
        "rules": list(why.rules),
        "rule_labels": [{"rule": rule, "label": format_rule(rule, phrases)} for rule in why.rules],
        "relaxations": [_relaxation(relaxation, phrases) for relaxation in why.relaxations],
        "crowd": _crowd(details.crowd, phrases) if details and details.crowd else None,
        "round_id": why.round_id,
    }
    return body | ({"suitable": details.suitable, "free": details.free} if details else {})


def _relaxation(relaxation: ShownRelaxation, phrases: Phrases) -> dict[str, Any]:
    shown: dict[str, Any] = {"rules": list(relaxation.rules), "says": format_relaxation(relaxation, phrases)}
    return shown if relaxation.mentors is None else shown | {"mentors": relaxation.mentors}


def _crowd(crowd: Bottleneck, phrases: Phrases) -> dict[str, Any]:
    return {
        "says": format_bottleneck(crowd, phrases),
        "mentees": list(crowd.mentees),
        "mentors": list(crowd.mentors),
        "places": crowd.places,
        "have_in_common": [{"criterion": name, "code": code} for name, code in crowd.have_in_common],
    }
