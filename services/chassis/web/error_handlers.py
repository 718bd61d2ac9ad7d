"""Answer every error of an app with a problem: domain refusals, refused requests, and unexpected errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from services.chassis.core import errors
from services.chassis.storage.database import transient_of
from services.chassis.web.problem import Problem, problem

log = structlog.get_logger(__name__)

_STATUS: Mapping[type[errors.Refusal], tuple[int, str]] = {
    errors.Invalid: (422, "Please check a few fields"),
    errors.NotFound: (404, "Not found"),
    errors.Forbidden: (403, "Not open to you"),
    errors.Conflict: (409, "Not possible as things are now"),
    errors.Gone: (410, "Not here any more"),
    errors.Stale: (412, "Changed meanwhile"),
}
# Errors that werkzeug raises by itself: code, title, what to do.
_PLAIN: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", "This request cannot be read", "Please check how it is written."),
    403: ("not_allowed", "Not open to you", "This is not open to you."),
    404: ("not_found", "Not found", "There is nothing at this address."),
    405: ("method_not_allowed", "Not possible here", "This address does not take this method; see the Allow header."),
    406: ("not_acceptable", "Not available in this form", "Please accept application/json."),
    408: ("too_slow", "The request took too long", "Please send it again."),
    413: ("body_too_large", "This is too large", "A body may have 64 KB at most."),
    415: ("content_type", "Another content type is needed", "Please send Content-Type: application/json."),
    429: ("too_many_requests", "A little too fast", "Please wait a moment and try again."),
    503: ("not_available", "Not available right now", "Nothing was changed. Please try again in a moment."),
}
Render = Callable[[Problem], Response | None]


def install(app: Flask, *, page: Render = lambda _: None) -> None:
    """Make ``app`` answer every error with a problem; ``page`` may render it as a page, or return None for JSON."""

    def respond(problem: Problem) -> Response:
        return page(problem) or problem.as_response(request_id=g.get("request_id", ""))

    def unexpected(fault: Exception) -> Response:
        if transient_of(fault) is not None:
            return respond(_away(fault))
        log.error("request_broke", exc_info=fault)
        return respond(_broken())

    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, lambda fault: respond(from_http(fault)))
    app.register_error_handler(errors.Refusal, lambda fault: respond(from_refusal(fault)))
    app.register_error_handler(Exception, unexpected)


def from_refusal(refusal: errors.Refusal) -> Problem:
    """Return the problem for a refusal of the domain; its member ``now`` contains the current state."""
    status, title = next(answer for kind, answer in _STATUS.items() if isinstance(refusal, kind))
    extra = {} if refusal.now is None else {"now": dict(refusal.now)}
    return problem(status, refusal.code, title, refusal.detail, field=refusal.field, errors=refusal.errors, **extra)


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
    code, title, detail = _PLAIN.get(status, ("refused", "This was refused", "Please check the request."))
    return problem(status, code, title, detail, headers=headers)


def _validation(status: int, messages: Mapping[str, Any]) -> Problem:
    faults = [fault for location in messages.values() for fault in flatten(location)]
    count = "One field needs" if len(faults) == 1 else f"{len(faults)} fields need"
    return problem(
        status, "validation", "Please check a few fields", f"{count} another look; nothing was saved.", errors=faults
    )


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
        fault: dict[str, Any] = {"field": path, "message": str(message)}
        nearest = getattr(message, "nearest", ())
        yield fault | ({"nearest": list(nearest)} if nearest else {})


def _broken() -> Problem:
    detail = "Something went wrong on our side, and nothing was changed as far as we know. Please try again."
    return problem(500, "unexpected", "This is our mistake", detail)


def _away(fault: Exception) -> Problem:
    log.warning("storage_away", exc_info=fault)
    detail = (
        "We cannot reach our database right now. Please send the same request again in a moment; "
        "with the same Idempotency-Key it takes effect once, even if we got it the first time."
    )
    return problem(503, "not_available", "Not available right now", detail, headers={"Retry-After": "2"})
