"""The catalogue: every vocabulary with labels, for building forms."""

import hashlib
import json
from functools import cache
from typing import Any

from flask import Response, jsonify

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.app_state import state
from services.chassis.web.html_pages import language
from services.events.vocabulary import codes, label, locales, vocabularies
from services.events.vocabulary.device_models import device_models
from services.profiles.api.context import group
from services.profiles.api.schemas.answers import CatalogueQuery, CatalogueSchema


def catalogue() -> Blueprint:
    """Return the route of the catalogue."""
    routes = group("catalogue", "Every vocabulary with labels.")

    @routes.route("/catalogue", methods=["GET"])
    @allow("anyone")
    @routes.arguments(CatalogueQuery, location="query")
    @routes.response(200, CatalogueSchema, headers={"ETag": {"schema": {"type": "string"}}})
    def read(query: dict[str, Any]) -> Response:
        """Read every vocabulary, with labels in the requested language.

        The API uses codes; labels are for people. A language without labels gets English ones. Answers 304 to an
        If-None-Match that still holds.
        """
        requested = (query["locale"] or language()).split("-", maxsplit=1)[0].lower()
        locale = requested if requested in locales() else "en"
        body, tag = _catalogue(locale, state().words.of(locale).direction)
        answer = jsonify(body)
        answer.set_etag(tag)
        answer.headers["Content-Language"] = locale
        answer.headers["Vary"] = "Accept-Language, Cookie"
        return answer

    return routes


@cache
def _catalogue(locale: str, direction: str) -> tuple[dict[str, Any], str]:
    body = {
        "locale": locale,
        "direction": direction,
        "vocabularies": {
            axis: [{"code": code, "label": label(axis, code, locale)} for code in codes(axis)]
            for axis in vocabularies()
        },
        "device_models": [
            {"code": model.code, "label": model.label, "device_class": model.device_class}
            for model in device_models().values()
        ],
    }
    return body, hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
