"""Routes of API keys, and the exchange of a key for an access token."""

from typing import Any

from services.chassis.web.access_policy import allow, current
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.rate_limits import guesses, limited
from services.profiles.api.context import ApiContext, group
from services.profiles.api.schemas.sessions import (
    KeyListSchema,
    KeyRequestSchema,
    KeyTextSchema,
    KeyTokenSchema,
    NewKeySchema,
)
from services.profiles.api.views import key_view
from services.profiles.use_cases.api_keys import KeyToken, create_key, exchange_key, list_keys, revoke_key


def api_keys(context: ApiContext) -> Blueprint:
    """Return the routes of API keys."""
    routes = group("api-keys", "Keys with which the programme's own systems call Cairn.")

    @routes.route("/tokens", methods=["POST"])
    @allow("anyone")
    @limited(setting="sign_up_limit")
    @guesses
    @answers(401)
    @routes.arguments(KeyTextSchema, example={"api_key": "cairn_9f2c.the-secret-part"})
    @routes.response(200, KeyTokenSchema)
    def exchange(body: dict[str, Any]) -> KeyToken:
        """Exchange an API key for an access token.

        The token lives for 15 minutes and opens what the key's permissions say. Wrong, expired and revoked keys all get
        401.
        """
        return exchange_key(context.resources, body["api_key"])

    @routes.route("/api-keys", methods=["POST"])
    @allow("keys:manage")
    @answers(403)
    @routes.arguments(KeyRequestSchema, example={"name": "Clinic portal", "permissions": ["sign-up"], "days": 90})
    @routes.response(201, NewKeySchema)
    def create(body: dict[str, Any]) -> dict[str, Any]:
        """Create an API key.

        The text of the key is in this answer only: it is stored as a hash. A key has no permission that you lack.
        """
        new = create_key(
            context.resources,
            current(),
            name=body["name"],
            permissions=body["permissions"],
            days=body["days"],
            reason=body["reason"],
        )
        return {"key": key_view(new.key), "api_key": new.text}

    @routes.route("/api-keys", methods=["GET"])
    @allow("keys:manage")
    @routes.response(200, KeyListSchema)
    def listed() -> dict[str, Any]:
        """List all API keys, newest first, with their last use."""
        return {"items": [key_view(key) for key in list_keys(context.resources, current())]}

    @routes.route("/api-keys/<key_id>", methods=["DELETE"])
    @allow("keys:manage")
    @routes.response(204)
    def revoke(key_id: str) -> None:
        """Revoke an API key. Its access tokens are refused from now on."""
        revoke_key(context.resources, current(), key_id)

    return routes
