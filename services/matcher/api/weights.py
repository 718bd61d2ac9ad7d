"""List, publish and revert versions of the weights."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.etags import conditional, require_match, set_version
from services.chassis.web.fields import BoundedDict, CairnSchema, Instant
from services.chassis.web.idempotency import idempotent
from services.chassis.web.pagination import PageQuery, page, page_schema, read_cursor
from services.chassis.web.problem import MOST_ERRORS
from services.matcher.api.context import WEIGHTS, ApiContext, actor
from services.matcher.domain.records import PublishedWeights
from services.matcher.domain.weights import faults_in_json, weights_to_json
from services.matcher.use_cases.publish_weights import publish_weights, revert_weights
from services.matcher.use_cases.read_weights import list_weights_versions, read_current_weights

_SETTINGS = {"language": {"mode": "hard", "weight": 60}, "device": {"mode": "soft", "weight": 40}}
_ENTRIES = 100  # more than there are criteria, or codes in a vocabulary
_HUNDRED = {"minimum": 0, "maximum": 100}
_MEANT = _HUNDRED | {"description": "0: the most total fit; 100: as many people as possible before anything else"}


class SettingSchema(CairnSchema):
    """The mode and weight of a criterion."""

    mode = fields.String(metadata={"enum": ["hard", "soft", "off"]})
    weight = fields.Integer(
        strict=True, metadata={"minimum": 0, "maximum": 100, "description": "0 to 100, against the others"}
    )


class SettingsSchema(CairnSchema):
    """The settings of weights.

    In a request, missing settings stay as in the version in force, criterion by criterion and lane by lane.
    """

    criteria = BoundedDict(
        most=_ENTRIES, keys=fields.String(), values=fields.Nested(SettingSchema), metadata={"example": _SETTINGS}
    )
    coverage = fields.Integer(strict=True, metadata=_MEANT)
    quality_floor = fields.Integer(
        strict=True, metadata=_HUNDRED | {"description": "A pair under this score is not made"}
    )
    matters_boost = fields.Integer(
        strict=True,
        metadata={"minimum": 1, "maximum": 5, "description": "What matters most to a mentee, times this"},
    )
    promise_hours = BoundedDict(
        most=_ENTRIES, keys=fields.String(), values=fields.Integer(strict=True), metadata={"example": {"standard": 336}}
    )
    closeness = BoundedDict(
        most=_ENTRIES,
        keys=fields.String(),
        values=BoundedDict(
            most=_ENTRIES,
            keys=fields.String(),
            values=BoundedDict(most=_ENTRIES, keys=fields.String(), values=fields.Integer(strict=True)),
        ),
        metadata={
            "description": "All own cells of closeness tables: criterion, mentee's code, mentor's code, "
            "0 to 100; `{}` takes every cell back to what Cairn starts with"
        },
    )

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> None:
        """Report all faults at once, also those of the values, which are otherwise checked later."""
        own = SettingsSchema().fields
        errors = {name: fault for name, fault in error.messages_dict.items() if name not in own}
        known = {name: value for name, value in data.items() if name in own} if isinstance(data, Mapping) else {}
        errors |= {fault.field: [fault.message] for fault in faults_in_json(known, MOST_ERRORS + 1)}
        raise ValidationError(errors) if errors else error


class Because(CairnSchema):
    """The reason, for the audit."""

    reason = fields.String(
        required=True,
        validate=validate.Length(3, 500, error="Please say why, in 3 to 500 characters."),
        metadata={"example": "More people ask about pumps"},
    )


class NewWeights(SettingsSchema, Because):
    """Weights to put in force."""


class WeightsSchema(SettingsSchema):
    """A version of the weights."""

    version = fields.Integer(required=True)
    published_at = Instant(required=True, allow_none=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)


def weights_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only."""
    routes = Blueprint(WEIGHTS, __name__, description="What counts in matching, as versions that admins publish.")

    @routes.route("/matcher/v1/weights")
    @allow("weights:read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, page_schema(WeightsSchema), description="The versions, the newest first")
    def list_weights(query: Mapping[str, Any]) -> dict[str, Any]:
        """List the versions of the weights."""
        below = read_cursor(query["cursor"])
        rows = list_weights_versions(
            context.uow, actor().programme_id, below=below[0] if below else None, limit=query["limit"]
        )
        listed = page(rows, limit=query["limit"], position=lambda row: (row.weights.version,))
        return {**listed, "items": [_shown(row) for row in listed["items"]]}

    @routes.route("/matcher/v1/weights/current")
    @allow("weights:read")
    @routes.response(200, WeightsSchema, description="The version in force; its number is the ETag")
    def current_weights() -> dict[str, Any]:
        """Read the weights in force."""
        return versioned(read_current_weights(context.uow, actor().programme_id))

    _add_publishing(routes, context)
    return routes


def _add_publishing(routes: Blueprint, context: ApiContext) -> None:
    """Add the routes that put a version in force."""

    @routes.route("/matcher/v1/weights", methods=["POST"])
    @allow("weights:publish")
    @idempotent
    @conditional
    @routes.arguments(NewWeights, example={"criteria": _SETTINGS, "reason": "More people ask about pumps"})
    @routes.response(201, WeightsSchema, description="The new version, in force for the next round")
    def publish(body: dict[str, Any]) -> dict[str, Any]:
        """Publish weights.

        Missing settings stay as in the version in force, whose ETag ``If-Match`` has to carry: 428 without it, 412 when
        another version was published meanwhile. To return to the initial weights, send the preset ``balanced`` or
        revert to version 1. Every fault is reported by field, and nothing is published unless all are valid.
        """
        reason, programme = body.pop("reason"), actor().programme_id
        return versioned(publish_weights(context.uow, programme, body, require_match, by=actor().by, reason=reason))

    @routes.route("/matcher/v1/weights/<int(max=2147483647):version>/revert", methods=["POST"])
    @allow("weights:publish")
    @idempotent
    @conditional
    @routes.arguments(Because, example={"reason": "Back to what worked"})
    @routes.response(201, WeightsSchema, description="The earlier settings as a new version")
    def revert(body: Mapping[str, Any], version: int) -> dict[str, Any]:
        """Publish an earlier version again.

        It becomes a new version; history is never rewritten.
        """
        programme = actor().programme_id
        return versioned(
            revert_weights(context.uow, programme, version, require_match, by=actor().by, reason=body["reason"])
        )


def versioned(published: PublishedWeights) -> dict[str, Any]:
    """Return a version as JSON; its number is the ETag."""
    set_version(published.weights.version)
    return _shown(published)


def _shown(published: PublishedWeights) -> dict[str, Any]:
    return weights_to_json(published.weights) | {
        "published_at": published.published_at,
        "by": published.by,
        "reason": published.reason,
    }
