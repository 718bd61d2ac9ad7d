"""Answer every error of an app with a problem in the reader's language, also refused requests and unexpected errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, Response, g
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, HTTPException

from services.chassis.core import errors
from services.chassis.i18n.sentence import Sentence
from services.chassis.storage.database import transient_of
from services.chassis.web.html_pages import accepted_phrases
from services.chassis.web.problem import Problem, problem

log = structlog.get_logger(__name__)

_STATUS: Mapping[type[errors.Refusal], tuple[int, str]] = {
    errors.Invalid: (422, Sentence("Please check a few fields")),
    errors.NotFound: (404, Sentence("Not found")),
    errors.SignInNeeded: (401, Sentence("Please sign in")),
    errors.Forbidden: (403, Sentence("Not open to you")),
    errors.Conflict: (409, Sentence("Not possible right now")),
    errors.Gone: (410, Sentence("Not here any more")),
    errors.Stale: (412, Sentence("Changed in the meantime")),
}
# Errors that werkzeug raises by itself: code, title, what to do.
_PLAIN: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", Sentence("We can't read this request"), Sentence("Please check how it is written.")),
    403: ("not_allowed", Sentence("Not open to you"), Sentence("You don't have access to this.")),
    404: ("not_found", Sentence("Not found"), Sentence("There is nothing at this address.")),
    405: (
        "method_not_allowed",
        Sentence("Not possible here"),
        Sentence("This address doesn't take this method. Please use one that the Allow header names."),
    ),
    406: ("not_acceptable", Sentence("Not available in this form"), Sentence("Please accept application/json.")),
    408: ("too_slow", Sentence("The request took too long"), Sentence("Please send it again.")),
    413: ("body_too_large", Sentence("This is too large"), Sentence("A body can have 64 KB at most.")),
    415: (
        "content_type",
        Sentence("Another content type is needed"),
        Sentence("Please send Content-Type: application/json."),
    ),
    429: ("too_many_requests", Sentence("A little too fast"), Sentence("Please wait a moment and try again.")),
    503: (
        "not_available",
        Sentence("Not available right now"),
        Sentence("Nothing was changed. Please try again in a moment."),
    ),
}
Render = Callable[[Problem], Response | None]


def install(app: Flask, *, page: Render = lambda _: None) -> None:
    """Make ``app`` answer every error with a problem; ``page`` may render it as a page, or return None for JSON."""

    def respond(problem: Problem) -> Response:
        return page(problem) or problem.as_response(accepted_phrases(), request_id=g.get("request_id", ""))

    def unexpected(fault: Exception) -> Response:
        if transient_of(fault) is not None:
            return respond(_away(fault))
        log.error("request_broke", exc_info=fault)
        return respond(_broken())

    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, lambda fault: fault.response or respond(from_http(fault)))
    app.register_error_handler(errors.Refusal, lambda fault: respond(from_refusal(fault)))
    app.register_error_handler(ParseException, lambda _: respond(from_http(BadRequest())))  # chunks in a wrong form
    app.register_error_handler(Exception, unexpected)


def from_refusal(refusal: errors.Refusal) -> Problem:
    """Return the problem for a refusal of the domain; its member ``now`` contains the current state."""
    status, title = next(answer for kind, answer in _STATUS.items() if isinstance(refusal, kind))
    extra = {} if refusal.now is None else {"now": dict(refusal.now)}
    answer = problem(status, refusal.code, title, refusal.detail, field=refusal.field, errors=refusal.errors, **extra)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="cairn"'
    return answer


def from_http(fault: HTTPException) -> Problem:
    """Return the problem for an error raised by Flask, webargs or werkzeug, with its headers."""
    if isinstance(fault, Problem):
        return fault
    status = fault.code or 500
    if status >= 500 and status != 503:
        return _broken()
    headers = {name: value for name, value in fault.get_headers() if name.lower() not in {"content-type"}}
    webargs_data: Mapping[str, Any] = getattr(fault, "data", {})
    if "messages" in webargs_data:
        return _validation(status, webargs_data["messages"])
    code, title, detail = _PLAIN.get(
        status, ("refused", Sentence("This was refused"), Sentence("Please check the request."))
    )
    return problem(status, code, title, detail, headers=headers)


def _validation(status: int, messages: Mapping[str, Any]) -> Problem:
    faults = (fault for location in messages.values() for fault in flatten(location))
    detail = "Please look at some fields again; `errors` names them. Nothing was saved."
    return problem(status, "validation", "Please check a few fields", detail, errors=faults)


def flatten(messages: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """Yield one error per message from marshmallow's nested messages, with dotted paths like ``languages.0.tag``."""
    if isinstance(messages, Mapping):
        for step, inner in messages.items():
            here = path if step == "_schema" else f"{path}.{step}".lstrip(".")
            yield from flatten(inner, here)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Mapping):
            yield from flatten(message, path)
            continue
        yield {"field": path, "message": message}


def _broken() -> Problem:
    detail = "Something went wrong on our side, and nothing was changed as far as we know. Please try again."
    return problem(500, "unexpected", "This is our mistake", detail)


def _away(fault: Exception) -> Problem:
    log.warning("storage_away", exc_info=fault)
    detail = (
        "We can't reach our database right now. Please send the same request again in a moment. "
        "With the same Idempotency-Key it takes effect once, even if we got it the first time."
    )
    return problem(503, "not_available", "Not available right now", detail, headers={"Retry-After": "2"})
