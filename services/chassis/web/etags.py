"""Versions over HTTP: an ETag says which version was read, If-Match says which one is being changed (RFC 9110, 13)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, overload

from flask import Response, current_app, g, request

from services.chassis.web.problem import Problem, problem
from services.chassis.web.view_options import facts_of, note

View = TypeVar("View", bound=Callable[..., Any])


def etag(version: int) -> str:
    """Return the entity tag of a version, quoted as the header wants it."""
    return f'"{version}"'


def set_version(version: int) -> None:
    """Say which version this answer shows; the app sends it as ETag."""
    g.etag = etag(version)


@overload
def conditional(view: View) -> View: ...


@overload
def conditional(*, always: bool = True) -> Callable[[View], View]: ...


def conditional(view: View | None = None, *, always: bool = True) -> View | Callable[[View], View]:
    """Decorate a changing view that needs If-Match: without the header it answers 428 before anything is read.

    The view itself calls `require_match(version)` with the version it loaded. `always=False`: there may be nothing yet
    to have a version, and then the header is not needed.
    """

    def decorate(function: View) -> View:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            given = request.headers.get("If-Match", "" if always else None)
            if given is not None and not given.strip():  # a blank header names no version
                raise _needed(None)
            return function(*args, **kwargs)

        return note(cast(View, wrapped), conditional="always" if always else "once there is a version")

    return decorate if view is None else decorate(view)


def require_match(version: int) -> None:
    """Raise 428 when If-Match is missing and 412 when it names another version; both tell the current one.

    RuntimeError in a view without `@conditional`, whose description would not mention the header.
    """
    if not facts_of(current_app.view_functions[str(request.endpoint)], request.method).get("conditional"):
        raise RuntimeError(f"{request.endpoint} asks for If-Match and is not @conditional")
    if not request.headers.get("If-Match"):
        raise _needed(version)
    if request.if_match.star_tag or request.if_match.contains(str(version)):
        return
    raise problem(
        412,
        "changed_meanwhile",
        "Changed meanwhile",
        f"This is now version {version}. Please read it again and repeat the change with If-Match: {etag(version)}.",
        headers={"ETag": etag(version)},
        current=etag(version),
    )


def _needed(version: int | None) -> Problem:
    example = etag(version if version is not None else 3)
    known: dict[str, Any] = {} if version is None else {"current": etag(version)}
    return problem(
        428,
        "if_match_needed",
        "Say which version you are changing",
        f"Please send the ETag of the version you read, such as If-Match: {example}, so that nobody's change is lost.",
        headers={} if version is None else {"ETag": etag(version)},
        **known,
    )


def stamp(response: Response) -> Response:
    """Put the version noted by `set_version` on a good answer (registered by the app factory)."""
    tag = g.pop("etag", None)
    if tag is not None and response.status_code < 400:
        response.headers["ETag"] = tag
    return response
