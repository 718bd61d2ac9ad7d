"""Versions over HTTP: ETag is the version that was read, If-Match the version to change (RFC 9110, section 13)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, overload

from flask import Response, current_app, g, request

from services.chassis.i18n.sentence import Sentence
from services.chassis.web.problem import Problem, problem
from services.chassis.web.view_options import options_of, set_options

View = TypeVar("View", bound=Callable[..., Any])


def etag(version: int) -> str:
    """Return the entity tag of a version, quoted as the header requires."""
    return f'"{version}"'


def set_version(version: int) -> None:
    """Set the version that this answer shows; the app sends it as ETag."""
    g.etag = etag(version)


@overload
def conditional(view: View) -> View: ...


@overload
def conditional(*, always: bool = True) -> Callable[[View], View]: ...


def conditional(view: View | None = None, *, always: bool = True) -> View | Callable[[View], View]:
    """Decorate a changing view that needs If-Match: without the header it answers 428 before the view runs.

    The view calls ``require_match(version)`` with the version it loaded. ``always=False`` is for views of something
    that may not exist yet: then the view decides whether the header is needed.
    """

    def decorate(function: View) -> View:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            given = request.headers.get("If-Match", "" if always else None)
            if given is not None and not given.strip():  # a blank header names no version
                raise _needed(None)
            return function(*args, **kwargs)

        return set_options(cast(View, wrapped), conditional="always" if always else "once there is a version")

    return decorate if view is None else decorate(view)


def require_match(version: int) -> None:
    """Raise 428 when If-Match is missing and 412 when it names another version; both contain the current one.

    Raises RuntimeError in a view without ``@conditional``, since its API document would not mention the header.
    """
    if not options_of(current_app.view_functions[str(request.endpoint)], request.method).get("conditional"):
        raise RuntimeError(f"{request.endpoint} asks for If-Match and is not @conditional")
    if not request.headers.get("If-Match"):
        raise _needed(version)
    if request.if_match.star_tag or request.if_match.contains(str(version)):
        return
    raise problem(
        412,
        "changed_meanwhile",
        "Changed in the meantime",
        Sentence(
            "This is now version %(version)s. Please read it again and repeat the change with If-Match: %(tag)s.",
            version=version,
            tag=etag(version),
        ),
        headers={"ETag": etag(version)},
        current=etag(version),
    )


def _needed(version: int | None) -> Problem:
    example = etag(version if version is not None else 3)
    known: dict[str, Any] = {} if version is None else {"current": etag(version)}
    return problem(
        428,
        "if_match_needed",
        "Please name the version you want to change",
        Sentence(
            "Please send the ETag of the version you read, such as If-Match: %(tag)s, so that nobody's change is lost.",
            tag=example,
        ),
        headers={} if version is None else {"ETag": etag(version)},
        **known,
    )


def stamp(response: Response) -> Response:
    """Set the version from ``set_version`` as ETag of a successful answer; the app factory registers this function."""
    tag = g.pop("etag", None)
    if tag is not None and response.status_code < 400:
        response.headers["ETag"] = tag
    return response
