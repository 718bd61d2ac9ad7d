"""API blueprints: flask-smorest's, reading strict JSON and documenting every answer that can occur.

Which problems an operation can answer follows from what it declares (policy, body, path, key, version, limit), so the
description cannot forget one; `@answers(409)` adds what only the view knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

import flask
import flask_smorest
import marshmallow as ma
from flask_smorest.utils import prepare_response
from marshmallow import fields
from webargs.flaskparser import FlaskParser

from services.chassis.web import json_body, problem
from services.chassis.web.view_options import facts_in, note

View = TypeVar("View", bound=Callable[..., Any])
_CHANGING = {"post", "put", "patch", "delete"}


def answers(*statuses: int) -> Callable[[View], View]:
    """Document further problems a view can answer, such as `@answers(409)`; the usual ones are found by themselves."""

    def decorate(view: View) -> View:
        return note(view, answers=statuses)

    return decorate


class StrictParser(FlaskParser):
    """Reads JSON by our own rules and refuses unknown query parameters like unknown fields."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - the parser's own attribute
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,  # None: as the schema says
    }

    def _get_schema(self, argmap: Any, req: flask.Request) -> ma.Schema:
        """Return one schema per class for all requests.

        Making one, with all those nested in it, costs more than its use, and loading changes nothing about it.
        """
        if isinstance(argmap, type) and issubclass(argmap, ma.Schema):
            return _ready(argmap)
        schema: ma.Schema = super()._get_schema(argmap, req)
        return schema

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """Return the body's JSON value, or `missing`; the schema is applied afterwards."""
        del schema
        return json_body.read_json(req)


@cache
def _ready(schema: type[ma.Schema]) -> ma.Schema:
    return schema()


class FieldFault(ma.Schema):
    """One thing to mend in a request."""

    field = fields.String(required=True, metadata={"description": "where, such as `languages.0.tag`"})
    message = fields.String(required=True, metadata={"description": "what to do"})
    nearest = fields.List(fields.String(), metadata={"description": "valid values that come near"})


class ProblemDetails(ma.Schema):
    """What went wrong and what to do (RFC 9457). Further members may tell what is true now."""

    class Meta:
        """Problems may carry further members."""

        unknown = ma.INCLUDE

    type = fields.String(
        required=True, metadata={"description": "names the kind of problem", "format": "uri-reference"}
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "a short stable word for programs"})
    detail = fields.String(required=True)
    request_id = fields.String(metadata={"description": "name this when you ask for help"})
    errors = fields.List(fields.Nested(FieldFault))


class Api(flask_smorest.Api):  # type: ignore[misc] # it ships no types
    """The API description; errors are left to `problems`, which writes every one of them as a problem."""

    ERROR_SCHEMA = ProblemDetails
    DEFAULT_ERROR_RESPONSE_NAME = None  # each operation lists its own answers instead

    def _register_error_handlers(self) -> None:
        """Leave errors to `problems`."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status < 400:
                continue
            answer = {"description": status.phrase, "schema": self.ERROR_SCHEMA}
            prepare_response(answer, self.spec, problem.MEDIA_TYPE)
            self.spec.components.response(status.name, answer, lazy=True)

    def _register_pagination_header(self) -> None:
        """Leave out page headers: lists carry a cursor in their body (see `pages`)."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # it ships no types
    """A group of API routes; give full paths such as `/shop/v1/parcels`."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._prepare_answers_doc)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view function, or a class with a method per HTTP method, under its full path."""
        decorate: Callable[[View], View] = super().route(rule, **options)
        return decorate

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Read the JSON body (or `location="query"`) by a schema and give it to the view as its first argument."""
        decorate: Callable[[View], View] = super().arguments(schema, **options)
        return decorate

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Say what a good answer looks like; the view returns a value that the schema writes."""
        decorate: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorate

    def alt_response(self, status_code: int, response: Any = None, **options: Any) -> Callable[[View], View]:
        """Document another good answer; for problems use `@answers`."""
        decorate: Callable[[View], View] = super().alt_response(status_code, response, **options)
        return decorate

    def _prepare_answers_doc(self, doc: dict[str, Any], doc_info: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        facts, method = facts_in(doc_info), kwargs["method"]
        listed: dict[Any, Any] = doc.setdefault("responses", {})
        for status in sorted(self._possible(facts, doc, method)):
            listed.setdefault(str(status), HTTPStatus(status).name)
        doc["responses"] = {str(status): answer for status, answer in listed.items()}
        doc.setdefault("parameters", []).extend(_headers(facts))
        if "anyone" not in facts.get("allow", ()):
            doc["security"] = [{"bearer": []}]
        return doc

    @staticmethod
    def _possible(facts: Mapping[str, Any], doc: Mapping[str, Any], method: str) -> set[int]:
        """Return the problems this operation can answer, from what it declares."""
        found = {503, *facts.get("answers", ())}
        found |= set() if "anyone" in facts.get("allow", ()) else {401, 403}
        found |= {400, 413, 415, 422} if "requestBody" in doc else set()
        found |= {422} if doc.get("parameters") else set()
        found |= {413} if method in _CHANGING else set()
        found |= {409, 422} if facts.get("idempotent") else set()
        found |= {400} if facts.get("idempotent") == "required" else set()
        found |= {412, 428} if facts.get("conditional") else set()
        found |= {429} if facts.get("limit") else set()
        return found

    def register_views_in_doc(self, api: Any, app: Any, spec: Any, *, name: str, parameters: Any) -> None:
        """Document the views; routes with parameters in their path can answer 404."""
        for endpoint, documented in self._docs.items():
            rule = next(app.url_map.iter_rules(f"{name}.{endpoint}"))
            if rule.arguments:
                for method, doc in documented.items():
                    if method != "parameters":
                        doc.setdefault("facts", {})["answers"] = (404, *facts_in(doc).get("answers", ()))
        super().register_views_in_doc(api, app, spec, name=name, parameters=parameters)


def _headers(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    if facts.get("idempotent"):
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": facts["idempotent"] == "required",
                "description": "A fresh random word per wish; the same request sent again takes effect once.",
                "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
            }
        )
    if facts.get("conditional"):
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": facts["conditional"] == "always",
                "description": f"The ETag of the version you read; needed {facts['conditional']}.",
                "schema": {"type": "string", "minLength": 1},
            }
        )
    return found
