"""Problem details (RFC 9457): what went wrong, where, and what to do, as an exception that any view may raise."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from services.chassis.i18n.sentence import Hint
from services.chassis.i18n.translations import Phrases

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
"""The most errors in an answer; the member ``more_errors`` states that there are more."""

MOST_HINTS = 5
"""The most errors in an answer that name the nearest valid values: a look-up costs up to a millisecond."""

_LONGEST_FIELD = 200  # a field's name may be the caller's own text


class Problem(HTTPException):
    """An error answer; raise it, and the app sends it as ``application/problem+json``.

    ``title``, ``detail`` and the ``message`` of each error are English sentences (``i18n.sentence``), and are sent in
    the reader's language. Of ``errors``, an iterable that is not read further than needed, it keeps the first
    ``MOST_ERRORS``, and looks the nearest valid values up for the first ``MOST_HINTS`` that are a ``Hint``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.code = status
        self.problem_code = code
        self.title = title
        self.detail = detail
        listed = list(islice(errors, MOST_ERRORS + 1))
        self.errors = list(_with_hints(listed[:MOST_ERRORS]))
        self.more_errors = len(listed) > MOST_ERRORS
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        super().__init__(description=detail)

    def body(self, phrases: Phrases) -> dict[str, Any]:
        """Return the members of the problem in a language; ``errors`` names fields as ``languages.0.tag``."""
        members: dict[str, Any] = {
            "type": f"/problems/{self.problem_code}",
            "title": phrases.translate(self.title),
            "status": self.code,
            "code": self.problem_code,
            "detail": phrases.translate(self.detail),
        }
        if self.errors:
            members["errors"] = self.errors_in(phrases)
        if self.more_errors:
            members["more_errors"] = True
        return members | self.extra

    def errors_in(self, phrases: Phrases) -> list[dict[str, Any]]:
        """Return the errors with their messages in a language."""
        return [error | {"message": phrases.translate(error["message"])} for error in self.errors]

    def as_response(self, phrases: Phrases, **more: Any) -> Response:
        """Return the problem as an answer in a language; ``more`` adds members such as the request id."""
        text = json.dumps(self.body(phrases) | more, ensure_ascii=False, separators=(",", ":"))
        response = Response(text, status=self.code, headers=self.headers, content_type=MEDIA_TYPE)
        response.headers["Content-Language"] = phrases.locale
        response.headers.add("Vary", "Accept-Language")
        return response


def _with_hints(errors: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the errors with field names of bounded length, the first hints with the nearest valid values."""
    left = MOST_HINTS
    for error in errors:
        message, bounded = error["message"], dict(error) | {"field": error["field"][:_LONGEST_FIELD]}
        if isinstance(message, Hint) and left:
            left -= 1
            message, nearest = message.advise()
            bounded |= {"message": message} | ({"nearest": list(nearest)} if nearest else {})
        yield bounded


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    field: str | None = None,
    errors: Iterable[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> Problem:
    """Return a problem to raise; ``field`` adds one error with that field and the same detail.

    ``extra`` (``now={"state": "ended"}``) are further members of the problem.
    """
    if field is not None:
        errors = chain(errors, [{"field": field, "message": detail}])
    return Problem(status, code, title, detail, errors=errors, headers=headers, extra=extra)
