"""Idempotency keys: a repeated request takes effect once and gets the same answer.

The key row and the effect commit in one transaction, so a crash leaves both or neither. The stored answer is encrypted
with a key derived from the caller's Idempotency-Key, which is stored only as a hash: the table alone reveals nothing.
(After draft-ietf-httpapi-idempotency-key-header.)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast, overload

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Response, current_app, make_response, request

from services.chassis.storage.tables import TABLES
from services.chassis.web import etags
from services.chassis.web.access_policy import current
from services.chassis.web.app_state import state
from services.chassis.web.json_body import read_bytes
from services.chassis.web.problem import problem
from services.chassis.web.view_options import set_options

View = TypeVar("View", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=24)
_STORED_HEADERS = ("Content-Type", "Location", "ETag")
_KEY = re.compile(r"[!-~]{8,128}")
_STORED = sa.select(TABLES.idempotency).where(
    TABLES.idempotency.c.scope == sa.bindparam("scope_"), TABLES.idempotency.c.key == sa.bindparam("key_")
)
_TRY_LOCK = sa.select(sa.func.pg_try_advisory_xact_lock(sa.bindparam("lock", type_=sa.BigInteger)))
_CONSTANT_NONCE = bytes(12)  # each encryption key is used for one text only, so the nonce may be constant


@overload
def idempotent(view: View) -> View: ...


@overload
def idempotent(*, required: bool = False) -> Callable[[View], View]: ...


def idempotent(view: View | None = None, *, required: bool = False) -> View | Callable[[View], View]:
    """Decorate a POST view: a repeated request with a key gets the stored answer (``Idempotent-Replayed: true``).

    Opens ``uow.begin()`` around the view. The same key with another body answers 422, while the first request still
    runs 409; error answers are not stored. Keys belong to one caller and one route and expire after 24 hours.
    Place it above ``@blueprint.arguments`` and ``@blueprint.response``, below ``@allow``.
    """

    def decorate(function: View) -> View:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            key = request.headers.get(HEADER)
            if key is None and not required:
                return function(*args, **kwargs)
            make_response = current_app.make_response
            return _Guarded(_checked(key)).answer(lambda: make_response(function(*args, **kwargs)))

        return set_options(cast(View, wrapped), idempotent="required" if required else "optional")

    return decorate if view is None else decorate(view)


def _checked(key: str | None) -> str:
    if key is not None and _KEY.fullmatch(key):
        return key
    detail = "Please send 8 to 128 printable characters without spaces, such as a fresh UUID."
    title = "This needs an idempotency key" if key is None else "We can't use this idempotency key"
    raise problem(400 if key is None else 422, "idempotency_key", title, detail, field=HEADER)


class _Guarded:
    """One request with a key: return the stored answer, or run the view and store its answer."""

    def __init__(self, key: str) -> None:
        route = f"{request.method} {request.url_rule}"
        self._scope = _hash(current().scope, route)
        self._key = _hash(self._scope, key)
        self._request = _hash(request.full_path, request.mimetype, read_bytes(request).hex())
        self._cipher = AESGCM(hashlib.sha256(f"answer\x00{self._scope}\x00{key}".encode()).digest())
        uow = state().uow
        if uow is None:
            raise RuntimeError("build_app was given no unit of work, which @idempotent needs")
        self._uow = uow

    def answer(self, run: Callable[[], Response]) -> Response:
        with self._uow.begin(whole=True):  # a view that raises rolls back everything
            tx = self._uow.transaction()
            self._lock_key(tx.connection)
            stored = self._stored(tx.connection, tx.now)
            if stored is not None:
                return self._replay(stored)
            response = etags.stamp(run())
            if response.status_code < 400:
                self._store(tx.connection, tx.now, response)
            return response

    def _lock_key(self, connection: sa.Connection) -> None:
        """Refuse a second request while the first one runs; SQLite allows only one writer by itself."""
        if connection.dialect.name != "postgresql":
            return
        lock = int.from_bytes(bytes.fromhex(self._key)[:8], "big", signed=True)
        if not connection.execute(_TRY_LOCK, {"lock": lock}).scalar_one():
            detail = "We're still at work on the same request. Please ask again in a moment."
            raise problem(409, "in_progress", "Already on it", detail, headers={"Retry-After": "1"})

    def _stored(self, connection: sa.Connection, now: datetime) -> sa.Row[Any] | None:
        """Return the row of this key, or None; delete the row when it has expired."""
        table = TABLES.idempotency
        row = connection.execute(_STORED, {"scope_": self._scope, "key_": self._key}).one_or_none()
        if row is not None and row.created_at < now - KEPT_FOR:
            this_key = (table.c.scope == self._scope) & (table.c.key == self._key)
            connection.execute(table.delete().where(this_key))
            return None
        return row

    def _replay(self, row: sa.Row[Any]) -> Response:
        if row.request_hash != self._request:
            detail = "This key came with another request before. Please use a new key for each new request."
            raise problem(422, "idempotency_key_reused", "This key is taken", detail, field=HEADER)
        body = self._cipher.decrypt(_CONSTANT_NONCE, row.body, None)
        return make_response(body, row.status, {**row.headers, REPLAYED: "true"})

    def _store(self, connection: sa.Connection, now: datetime, response: Response) -> None:
        headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
        row = {
            "scope": self._scope,
            "key": self._key,
            "request_hash": self._request,
            "status": response.status_code,
            "headers": headers,
            "body": self._cipher.encrypt(_CONSTANT_NONCE, response.get_data(), None),
            "created_at": now,
        }
        connection.execute(TABLES.idempotency.insert(), row)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
