"""Sessions and API keys as rows."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.profiles.adapters.tables import api_keys, sessions
from services.profiles.domain.api_key import ApiKey
from services.profiles.domain.session import Session


class SessionRows:
    """Implements the port ``Sessions``."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, session: Session) -> None:
        """Store a new session."""
        self._connection.execute(sa.insert(sessions).values(_session_row(session)))

    def get(self, session_id: str, *, to_change: bool = False) -> Session | None:
        """Return a session, ended or not; ``to_change`` locks the row until the transaction ends."""
        query = sa.select(sessions).where(sessions.c.id == session_id)
        if to_change:
            query = query.with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _session(row)

    def save(self, session: Session) -> None:
        """Store a changed session."""
        change = sa.update(sessions).where(sessions.c.id == session.id)
        self._connection.execute(change.values(_session_row(session)))

    def open_of(self, subject_id: str) -> Sequence[Session]:
        """Return the open sessions of a subject, newest first."""
        query = sa.select(sessions).where(self._open(subject_id)).order_by(sessions.c.started_at.desc(), sessions.c.id)
        return [_session(row) for row in self._connection.execute(query).mappings()]

    def end_all(self, subject_id: str) -> Sequence[str]:
        """End the open sessions of a subject; return their ids."""
        query = sa.select(sessions.c.id).where(self._open(subject_id)).with_for_update()
        ended = list(self._connection.scalars(query))
        if ended:
            self._connection.execute(sa.update(sessions).where(sessions.c.id.in_(ended)).values(ended_at=self._now))
        return ended

    def forget_before(self, moment: datetime) -> None:
        """Delete sessions that ended or expired before a moment."""
        over = sa.or_(sessions.c.ended_at < moment, sessions.c.expires_at < moment)
        self._connection.execute(sa.delete(sessions).where(over))

    def _open(self, subject_id: str) -> sa.ColumnElement[bool]:
        subject = sessions.c.person_id == subject_id
        return sa.and_(subject, sessions.c.ended_at.is_(None), sessions.c.expires_at > self._now)


class ApiKeyRows:
    """Implements the port ``ApiKeys``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, key: ApiKey) -> None:
        """Store a new key."""
        self._connection.execute(sa.insert(api_keys).values(_key_row(key)))

    def get(self, key_id: str, *, to_change: bool = False) -> ApiKey | None:
        """Return a key, valid or not; ``to_change`` locks the row until the transaction ends."""
        query = sa.select(api_keys).where(api_keys.c.id == key_id)
        if to_change:
            query = query.with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _key(row)

    def save(self, key: ApiKey) -> None:
        """Store a changed key."""
        self._connection.execute(sa.update(api_keys).where(api_keys.c.id == key.id).values(_key_row(key)))

    def of(self, programme_id: str) -> Sequence[ApiKey]:
        """Return all keys of a programme, newest first."""
        query = sa.select(api_keys).where(api_keys.c.programme_id == programme_id)
        rows = self._connection.execute(query.order_by(api_keys.c.created_at.desc(), api_keys.c.id)).mappings()
        return [_key(row) for row in rows]


def _session_row(session: Session) -> dict[str, Any]:
    row = asdict(session)
    row["person_id"] = row.pop("subject_id")
    del row["subject_kind"]
    return row


def _session(row: sa.RowMapping) -> Session:
    values: dict[str, Any] = {**row}
    return Session(subject_kind="person", subject_id=values.pop("person_id"), **values)


def _key_row(key: ApiKey) -> dict[str, Any]:
    return asdict(key) | {"permissions": sorted(key.permissions)}


def _key(row: sa.RowMapping) -> ApiKey:
    return ApiKey(**({**row} | {"permissions": frozenset(row["permissions"])}))
