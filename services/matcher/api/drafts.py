"""Save, discard and publish the draft of the weights; list presets."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.etags import conditional, require_match, set_version
from services.chassis.web.fields import CairnSchema, Instant
from services.chassis.web.idempotency import idempotent
from services.matcher.api.context import WEIGHTS, ApiContext, actor, reader
from services.matcher.api.weights import Because, SettingsSchema, WeightsSchema, versioned
from services.matcher.domain.records import WeightsDraft
from services.matcher.domain.weights import Weights, preset_names, preset_weights, weights_to_json
from services.matcher.use_cases.draft_weights import discard_draft, publish_draft, read_draft, save_draft
from services.matcher.use_cases.wording.causes_and_rules import format_preset


class DraftSchema(SettingsSchema):
    """The draft of the weights."""

    revision = fields.Integer(required=True, metadata={"description": "Counts the savings; the ETag"})
    based_on = fields.Integer(required=True, metadata={"description": "The version in force when it was saved"})
    by = fields.String(required=True)
    saved_at = Instant(required=True)


class PresetSchema(CairnSchema):
    """Ready-made weights."""

    name = fields.String(required=True, metadata={"example": "language_first"})
    label = fields.String(required=True, metadata={"example": "Language and culture first"})
    weights = fields.Nested(SettingsSchema, required=True)


class PresetsSchema(CairnSchema):
    """All presets, in order of presentation."""

    items = fields.List(fields.Nested(PresetSchema), required=True)


def draft_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only; all admins of a programme share one draft."""
    routes = Blueprint(f"{WEIGHTS} in the making", __name__, description="Save, try, and publish when decided.")

    @routes.route("/matcher/v1/weights/presets")
    @allow("weights:read")
    @routes.response(200, PresetsSchema, description="The presets, named in the reader's language")
    def list_presets() -> dict[str, Any]:
        """List ready-made weights.

        Each has every setting, so that saving or publishing one replaces the version in force entirely. ``balanced``
        are the initial weights.
        """
        phrases = context.words.of(reader())
        return {
            "items": [
                {"name": name, "label": format_preset(name, phrases), "weights": _settings(preset_weights(name))}
                for name in preset_names()
            ]
        }

    @routes.route("/matcher/v1/weights/draft")
    @allow("weights:read")
    @answers(404)
    @routes.response(200, DraftSchema, description="The draft; its revision is the ETag")
    def read() -> dict[str, Any]:
        """Read the draft."""
        return _shown(read_draft(context.uow, actor().programme_id))

    _add_changes(routes, context)
    return routes


def _add_changes(routes: Blueprint, context: ApiContext) -> None:
    """Add the routes that save, discard and publish the draft."""

    @routes.route("/matcher/v1/weights/draft", methods=["PUT"])
    @allow("weights:edit")
    @conditional(always=False)
    @routes.arguments(SettingsSchema, example={"criteria": {"device": {"mode": "soft", "weight": 80}}})
    @routes.response(200, DraftSchema, description="The draft as saved, every setting written out")
    def save(body: dict[str, Any]) -> dict[str, Any]:
        """Save the draft.

        The body is the whole draft: missing settings are those of the version in force, not those of the last draft.
        The answer has all settings. Where a draft exists, ``If-Match`` has to carry the ETag of the revision you worked
        on: 428 without it, 412 when another admin saved meanwhile. Nothing comes into force.
        """
        return _shown(save_draft(context.uow, actor().programme_id, body, require_match, by=actor().by))

    @routes.route("/matcher/v1/weights/draft", methods=["DELETE"])
    @allow("weights:edit")
    @answers(404)
    @conditional
    @routes.response(204, description="There is no draft any more")
    def discard() -> None:
        """Discard the draft; the weights in force stay as they are."""
        discard_draft(context.uow, actor().programme_id, require_match, by=actor().by)

    @routes.route("/matcher/v1/weights/draft/publish", methods=["POST"])
    @allow("weights:publish")
    @answers(404)
    @idempotent
    @conditional
    @routes.arguments(Because, example={"reason": "More people ask about pumps"})
    @routes.response(201, WeightsSchema, description="The new version, in force for the next round")
    def publish(body: Mapping[str, Any]) -> dict[str, Any]:
        """Publish the draft.

        ``If-Match`` carries the ETag of the draft you decided on. 412 also when another version came into force since
        the draft was saved: read that version, and save the draft again.
        """
        return versioned(
            publish_draft(context.uow, actor().programme_id, require_match, by=actor().by, reason=body["reason"])
        )


def _settings(weights: Weights) -> dict[str, Any]:
    return {name: value for name, value in weights_to_json(weights).items() if name != "version"}


def _shown(draft: WeightsDraft) -> dict[str, Any]:
    set_version(draft.revision)
    return _settings(draft.weights) | {
        "revision": draft.revision,
        "based_on": draft.based_on,
        "by": draft.by,
        "saved_at": draft.saved_at,
    }
