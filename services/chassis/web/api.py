"""API blueprints: flask-smorest's, with strict JSON and every possible answer documented.

The problems of an operation follow from what it declares (policy, body, path, key, version, limit), so the document
cannot omit one; ``@answers(409)`` adds those that only the view knows.
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
from services.chassis.web.view_options import OPTIONS_KEY, options_in, set_options

View = TypeVar("View", bound=Callable[..., Any])
_CHANGING = {"post", "put", "patch", "delete"}


def answers(*statuses: int) -> Callable[[View], View]:
    """Document further problems of a view, such as ``@answers(409)``; the usual ones are derived automatically."""

    def decorate(view: View) -> View:
        return set_options(view, answers=statuses)

    return decorate


class StrictParser(FlaskParser):
    """Read JSON by our own rules, and refuse unknown query parameters like unknown fields."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - the parser's own attribute
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,  # None: the schema decides
    }

    def _get_schema(self, argmap: Any, req: flask.Request) -> ma.Schema:
        """Return one schema per class for all requests.

        Creating a schema with its nested schemas costs more than using it, and loading does not change it.
        """
        if isinstance(argmap, type) and issubclass(argmap, ma.Schema):
            return _schema_of(argmap)
        schema: ma.Schema = super()._get_schema(argmap, req)
        return schema

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """Return the JSON value of the body, or ``missing``; the schema is applied afterwards."""
        del schema
        return json_body.read_json(req)


@cache
def _schema_of(schema: type[ma.Schema]) -> ma.Schema:
    return schema()


_IN_LANGUAGE = "in the language of Accept-Language, else in English; see Content-Language"


class FieldFault(ma.Schema):
    """One fault of a request."""

    field = fields.String(required=True, metadata={"description": "where, such as `languages.0.tag`"})
    message = fields.String(required=True, metadata={"description": "what to do, in the language of Accept-Language"})
    nearest = fields.List(fields.String(), metadata={"description": "valid values that come near"})


class ProblemDetails(ma.Schema):
    """What went wrong and what to do (RFC 9457). Further members may contain the current state."""

    class Meta:
        """Problems may carry further members."""

        unknown = ma.INCLUDE

    type = fields.String(
        required=True, metadata={"description": "names the kind of problem", "format": "uri-reference"}
    )
    title = fields.String(required=True, metadata={"description": _IN_LANGUAGE})
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "a short stable word for programs"})
    detail = fields.String(required=True, metadata={"description": _IN_LANGUAGE})
    request_id = fields.String(metadata={"description": "name this when you ask for help"})
    errors = fields.List(fields.Nested(FieldFault), metadata={"description": f"the first {problem.MOST_ERRORS}"})
    more_errors = fields.Boolean(metadata={"description": "true when there are more errors than `errors` lists"})


class Api(flask_smorest.Api):  # type: ignore[misc] # it ships no types
    """The OpenAPI document; ``error_handlers`` answers errors instead."""

    ERROR_SCHEMA = ProblemDetails
    DEFAULT_ERROR_RESPONSE_NAME = None  # each operation lists its own answers instead

    def _register_error_handlers(self) -> None:
        """Register none: ``error_handlers`` does."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status < 400:
                continue
            answer = {"description": status.phrase, "schema": self.ERROR_SCHEMA}
            prepare_response(answer, self.spec, problem.MEDIA_TYPE)
            self.spec.components.response(status.name, answer, lazy=True)

    def _register_pagination_header(self) -> None:
        """Register none: lists contain a cursor in their body (see ``pagination``)."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # it ships no types
    """A group of API routes, registered under full paths such as ``/shop/v1/parcels``."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._prepare_answers_doc)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view function, or a class with a method per HTTP method, under its full path."""
        decorate: Callable[[View], View] = super().route(rule, **options)
        return decorate

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Load the JSON body (or ``location="query"``) by a schema and pass it to the view as its first argument."""
        decorate: Callable[[View], View] = super().arguments(schema, **options)
        return decorate

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Document a successful answer; the schema serialises the value that the view returns."""
        decorate: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorate

    def alt_response(self, status_code: int, response: Any = None, **options: Any) -> Callable[[View], View]:
        """Document another successful answer; for problems use ``@answers``."""
        decorate: Callable[[View], View] = super().alt_response(status_code, response, **options)
        return decorate

    def _prepare_answers_doc(self, doc: dict[str, Any], doc_info: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        options, method = options_in(doc_info), kwargs["method"]
        responses: dict[Any, Any] = doc.setdefault("responses", {})
        for status in sorted(self._problem_statuses(options, doc, method)):
            responses.setdefault(str(status), HTTPStatus(status).name)
        doc["responses"] = {str(status): answer for status, answer in responses.items()}
        doc.setdefault("parameters", []).extend(_headers(options))
        if "anyone" not in options.get("allow", ()):
            doc["security"] = [{"bearer": []}]
        return doc

    @staticmethod
    def _problem_statuses(options: Mapping[str, Any], doc: Mapping[str, Any], method: str) -> set[int]:
        """Return the statuses of the problems that an operation can answer, derived from what it declares."""
        statuses = {429, 503, *options.get("answers", ())}
        statuses |= set() if "anyone" in options.get("allow", ()) else {401, 403}
        statuses |= {400, 413, 415, 422} if "requestBody" in doc else set()
        statuses |= {422} if doc.get("parameters") else set()
        statuses |= {413} if method in _CHANGING else set()
        statuses |= {409, 422} if options.get("idempotent") else set()
        statuses |= {400} if options.get("idempotent") == "required" else set()
        statuses |= {412, 428} if options.get("conditional") else set()
        return statuses

    def register_views_in_doc(self, api: Any, app: Any, spec: Any, *, name: str, parameters: Any) -> None:
        """Document the views, with a 404 for routes that have parameters in their path."""
        for endpoint, documented in self._docs.items():
            rule = next(app.url_map.iter_rules(f"{name}.{endpoint}"))
            if rule.arguments:
                for method, doc in documented.items():
                    if method != "parameters":
                        doc.setdefault(OPTIONS_KEY, {})["answers"] = (404, *options_in(doc).get("answers", ()))
        super().register_views_in_doc(api, app, spec, name=name, parameters=parameters)


def _headers(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the documentation of the headers that an operation reads."""
    headers = []
    if options.get("idempotent"):
        headers.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": options["idempotent"] == "required",
                "description": "A fresh random word per wish; the same request sent again takes effect once.",
                "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
            }
        )
    if options.get("conditional"):
        headers.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": options["conditional"] == "always",
                "description": f"The ETag of the version you read; needed {options['conditional']}.",
                "schema": {"type": "string", "minLength": 1},
            }
        )
    return headers
