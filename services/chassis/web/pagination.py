"""Lists in pages: a signed opaque cursor marks the last item of a page, so inserts and deletes do not shift pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import marshmallow as ma
from flask import request
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import fields, validate

from services.chassis.web.app_state import state
from services.chassis.web.fields import CairnSchema
from services.chassis.web.problem import problem

T = TypeVar("T")
Position = tuple[Any, ...]  # the sort key of an item: texts and numbers


class PageQuery(CairnSchema):
    """The query of a list: the page size and a cursor."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200, error="Please ask for 1 to 200 items."),
        metadata={"description": "How many items at most"},
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=1000, error="This cursor is too long. Please leave it out to begin again."),
        metadata={"description": "`next` of the page before"},
    )


def read_cursor(cursor: str | None) -> Position | None:
    """Return the position after which to continue, None for the first page; raise 422 for a foreign cursor."""
    if cursor is None:
        return None
    try:
        return tuple(_serializer().loads(cursor))
    except (BadData, TypeError):
        raise problem(
            422,
            "cursor_unknown",
            "Unknown cursor",
            "This cursor doesn't belong to this list. Please leave it out to begin again.",
            field="cursor",
        ) from None


def page(rows: Sequence[T], *, limit: int, position: Callable[[T], Position]) -> dict[str, Any]:
    """Return ``{"items": [...], "next": cursor or None}``.

    ``rows`` are read with ``limit + 1``, which shows without counting whether there is a next page. ``position``
    returns the sort key of a row, after which the next query continues.
    """
    items = list(rows[:limit])
    more = len(rows) > limit
    return {"items": items, "next": _serializer().dumps(list(position(items[-1]))) if more and items else None}


def page_schema(item: type[ma.Schema]) -> type[ma.Schema]:
    """Return the schema of a page of ``item``, for answers and their documentation."""
    name = item.__name__.removesuffix("Schema") + "Page"
    members = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.String(required=True, allow_none=True, metadata={"description": "cursor of the next page"}),
    }
    return type(name, (CairnSchema,), members)


def _serializer() -> URLSafeSerializer:
    """Return a serialiser with a salt per list, so that a list refuses the cursors of another."""
    return URLSafeSerializer(
        state().secrets[::-1],  # the library signs with the last
        salt=f"cursor:{request.endpoint}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
