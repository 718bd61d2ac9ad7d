"""Read request bodies strictly: bounded in size, unambiguous JSON, only text that a database can store.

``json.loads`` alone accepts duplicate names, NaN, infinity and lone surrogates, which cause errors later.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, NoReturn

from flask import Request, request
from marshmallow import missing

from services.chassis.i18n.sentence import Sentence
from services.chassis.web.problem import Problem, problem

MAX_BYTES = 64 * 1024
WERKZEUG_LIMIT = MAX_BYTES + 1  # see ``read_bytes``
MAX_DEPTH = 20
MAX_VALUES = 5_000
"""The most values (texts, numbers, lists, objects) in a body; the largest that makes sense has about 2,000."""

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_NO_BRACKETS = {code: None for code in range(128) if chr(code) not in "[]{}"}
_MAY_BE_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def read_json(req: Request) -> Any:
    """Return the JSON value of a request, or ``missing`` when it has no body; raise a problem for anything else.

    Many clients always send a content type: an empty body announced as JSON counts as no body.
    """
    raw = read_bytes(req)
    is_json = req.mimetype == "application/json" or req.mimetype.endswith("+json")
    if not raw and (is_json or not req.content_type):
        return missing
    if not is_json:
        detail = Sentence("Please send JSON with the header Content-Type: application/json.")
        raise _wrong_type(detail, {"Accept": "application/json"})
    return parse(raw)


def read_bytes(req: Request) -> bytes:
    """Return the body, or raise 413 when it is larger than 64 KB, with or without a Content-Length.

    Werkzeug silently truncates a chunked body at its limit, so that limit is one byte higher than ours.
    """
    raw = req.get_data(cache=True)
    if len(raw) > MAX_BYTES:
        raise too_large()
    return raw


def parse(raw: bytes) -> Any:
    """Return the JSON value in ``raw``.

    Raises 400 if it is not JSON or nested too deep, 413 for too many values, 422 for text that cannot be stored.
    """
    try:
        text = raw.decode("utf-8")
        _refuse_size(text)
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError:
        raise _bad(Sentence("The body isn't in UTF-8. Please send JSON in UTF-8.")) from None
    except json.JSONDecodeError as fault:
        raise _not_json(fault) from None
    except ValueError:
        raise _bad(Sentence("The body has a number that is too long. Please send fewer digits.")) from None
    if _MAY_BE_UNSTORABLE.search(text) and next(_unstorable_paths(value, ""), None) is not None:
        faults = ({"field": path, "message": _UNSTORABLE} for path in _unstorable_paths(value, ""))
        raise problem(422, "validation", "Please check a few fields", _UNSTORABLE, errors=faults)
    return value


def _refuse_size(text: str) -> None:
    """Raise a problem for JSON that is nested too deep or has too many values, before anything is parsed.

    Each value but the first comes after a bracket, a comma or a colon, and each colon after a name.
    """
    outside_texts = _TEXTS.sub("", text)
    brackets = outside_texts.translate(_NO_BRACKETS)
    depths = accumulate(1 if bracket in "[{" else -1 for bracket in brackets)
    if any(depth > MAX_DEPTH for depth in depths):
        raise _too_deep()
    if outside_texts.count(",") + len(brackets) // 2 >= MAX_VALUES:
        raise _too_many()


_UNSTORABLE = "This text has a character that we can't store (a null character or half a symbol). Please remove it."


def is_storable(text: str) -> bool:
    """Return whether a database can store this text: no NUL, no lone surrogates."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _unstorable_paths(value: Any, path: str) -> Iterator[str]:
    """Yield the dotted path of each text that cannot be stored."""
    if isinstance(value, str):
        if not is_storable(value):
            yield path
        return
    if not isinstance(value, dict | list):
        return
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        readable = str(step).encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
        here = f"{path}.{readable}" if path else readable
        if isinstance(step, str) and not is_storable(step):
            yield here
        yield from _unstorable_paths(inner, here)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise _bad(Sentence("A name is given twice in one object. Please keep one of them."), field=name[:60])
        seen.add(name)
    return members


def _refuse_constant(word: str) -> NoReturn:
    raise _bad(Sentence("%(word)s isn't a JSON number. Please give a number or null.", word=word))


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _bad(Sentence("The body has a number that is too large. Please send a smaller one."))
    return number


def _not_json(fault: json.JSONDecodeError) -> Problem:
    return _bad(
        Sentence(
            "The body isn't valid JSON. Please check line %(line)s, column %(column)s.",
            line=fault.lineno,
            column=fault.colno,
        )
    )


def _bad(detail: str, *, field: str | None = None) -> Problem:
    printable = None if field is None else field.encode("ascii", "backslashreplace").decode()
    return problem(400, "json_unreadable", "We can't read this JSON", detail, field=printable)


def _too_deep() -> Problem:
    detail = Sentence("The body has more than %(levels)s levels. Please send it with fewer.", levels=MAX_DEPTH)
    return problem(400, "json_too_deep", "Nested too deep", detail)


def _too_many() -> Problem:
    detail = Sentence("A body can have %(count)s values at most. Please send less, or in parts.", count=MAX_VALUES)
    return problem(413, "body_too_large", "This is too large", detail)


def too_large() -> Problem:
    """Return the problem for a body over the limit."""
    detail = Sentence("A body can have %(size)s KB at most. Please send less, or in parts.", size=MAX_BYTES // 1024)
    return problem(413, "body_too_large", "This is too large", detail)


def _wrong_type(detail: str, headers: Mapping[str, str]) -> Problem:
    return problem(415, "content_type", "Another content type is needed", detail, headers=headers)


def guard() -> None:
    """Refuse a body that is compressed or too large, and unstorable text in the address, before any view runs."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise _wrong_type(Sentence("Please send the body without a Content-Encoding."), {"Accept-Encoding": "identity"})
    if request.content_length is None:
        read_bytes(request)
    elif request.content_length > MAX_BYTES:
        raise too_large()
    for value in (request.view_args or {}).values():
        if isinstance(value, str) and not (is_storable(value) and "\ufffd" not in value):
            raise problem(404, "not_found", "Not found", "There is nothing at this address.")
    faults = [
        {"field": name[:60], "message": _UNSTORABLE}
        for name, text in request.args.items(multi=True)
        if not (is_storable(text) and is_storable(name))
    ]
    if faults:
        raise problem(422, "validation", "Please check the address", _UNSTORABLE, errors=faults[:20])
