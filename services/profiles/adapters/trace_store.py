"""Consents, tombstones, sign-in requests, introductions and waits as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.database import insert_new, upsert
from services.chassis.storage.row_cache import RowCache
from services.chassis.storage.unit_of_work import Transaction
from services.profiles.adapters.rows import (
    consent_from_row,
    introduction_from_row,
    introduction_row,
    tombstone_from_row,
    tombstone_row,
)
from services.profiles.adapters.tables import consents, introductions, sign_in_links, tombstones, waits
from services.profiles.domain.consent import ConsentEntry
from services.profiles.domain.erasure import Tombstone
from services.profiles.domain.introduction import Introduction

_RECENT_WAITS = sa.select(waits.c.seconds).where(
    waits.c.programme_id == sa.bindparam("programme"), waits.c.at >= sa.bindparam("moment")
)


class LedgerRows:
    """Implements the port ``Ledger``: rows are inserted, never updated."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def write(self, person_id: str, entries: Sequence[ConsentEntry]) -> None:
        """Append entries."""
        rows = [
            {
                "person_id": person_id,
                "purpose": entry.purpose,
                "given": entry.given,
                "wording": entry.wording,
                "at": entry.at,
            }
            for entry in entries
        ]
        if rows:  # one insert in this order, so that the sequence numbers follow it
            self._connection.execute(consents.insert(), rows)

    def of(self, person_id: str) -> Sequence[ConsentEntry]:
        """Return a person's entries, oldest first."""
        query = sa.select(consents).where(consents.c.person_id == person_id).order_by(consents.c.seq)
        return [consent_from_row(row) for row in self._connection.execute(query).mappings()]


class TombstoneRows:
    """Implements the port ``Tombstones``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, person_id: str, *, to_change: bool = False) -> Tombstone | None:
        """Return the tombstone of a person, if any; ``to_change`` locks the row until the transaction ends."""
        query = sa.select(tombstones).where(tombstones.c.person_id == person_id)
        if to_change:
            query = query.with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else tombstone_from_row(row)

    def put(self, tombstone: Tombstone) -> None:
        """Insert or update a tombstone."""
        row = tombstone_row(tombstone)
        change = sa.update(tombstones).where(tombstones.c.person_id == tombstone.person_id).values(row)
        if self._connection.execute(change).rowcount == 0:
            self._connection.execute(sa.insert(tombstones).values(row))

    def after(self, programme_id: str, last_id: str, limit: int) -> Sequence[Tombstone]:
        """Return tombstones in the order of their person ids."""
        query = (
            sa.select(tombstones)
            .where(tombstones.c.programme_id == programme_id, tombstones.c.person_id > last_id)
            .order_by(tombstones.c.person_id)
            .limit(limit)
        )
        return [tombstone_from_row(row) for row in self._connection.execute(query).mappings()]


class SignInRows:
    """Implements the port ``SignIns``."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, request_id: str, person_id: str, expires_at: datetime) -> None:
        """Store a request."""
        row = {"request_id": request_id, "person_id": person_id, "asked_at": self._now, "expires_at": expires_at}
        self._connection.execute(sa.insert(sign_in_links).values(row))

    def end_earlier(self, person_id: str) -> None:
        """End the requests of a person that are still open."""
        links = sign_in_links.c
        still_open = (links.person_id == person_id) & links.used_at.is_(None) & (links.expires_at > self._now)
        self._connection.execute(sa.update(sign_in_links).where(still_open).values(expires_at=self._now))

    def use(self, request_id: str, person_id: str) -> bool:
        """Mark a request as used in one conditional update, so that one of two concurrent uses wins."""
        change = (
            sa.update(sign_in_links)
            .where(
                sign_in_links.c.request_id == request_id,
                sign_in_links.c.person_id == person_id,
                sign_in_links.c.used_at.is_(None),
                sign_in_links.c.expires_at > self._now,
            )
            .values(used_at=self._now)
        )
        return self._connection.execute(change).rowcount == 1

    def of(self, person_id: str) -> Sequence[Mapping[str, Any]]:
        """Return a person's requests, oldest first."""
        query = sa.select(sign_in_links).where(sign_in_links.c.person_id == person_id)
        rows = self._connection.execute(query.order_by(sign_in_links.c.asked_at)).mappings()
        return [{name: row[name] for name in ("asked_at", "expires_at", "used_at")} for row in rows]

    def forget_before(self, moment: datetime) -> None:
        """Delete requests that expired before a moment."""
        self._connection.execute(sa.delete(sign_in_links).where(sign_in_links.c.expires_at < moment))


class IntroductionRows:
    """Implements the port ``Introductions``: changed rows are written together before the commit."""

    def __init__(self, tx: Transaction) -> None:
        self._connection = tx.connection
        self._now = tx.now
        self._held: RowCache[Introduction] = RowCache(self._write)
        tx.hold(self._held)

    def prefetch(self, match_ids: Sequence[str]) -> None:
        """Read several introductions at once."""
        missing = self._held.missing(match_ids)
        if missing:
            query = sa.select(introductions).where(introductions.c.match_id.in_(missing))
            stored = {row["match_id"]: introduction_from_row(row) for row in self._connection.execute(query).mappings()}
            for match_id in missing:
                self._held.learn(match_id, stored.get(match_id))

    def get(self, match_id: str) -> Introduction | None:
        """Return an introduction, None when unknown."""
        if not self._held.missing([match_id]):
            return self._held.get(match_id)
        query = sa.select(introductions).where(introductions.c.match_id == match_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else introduction_from_row(row)

    def put(self, introduction: Introduction) -> None:
        """Insert or update an introduction."""
        self._held.change(introduction.match_id, introduction)

    def _write(self, changed: Mapping[str, Introduction]) -> None:
        rows = [introduction_row(introduction, self._now) for introduction in changed.values()]
        upsert(self._connection, introductions, rows)

    def of(self, person_id: str) -> Sequence[Introduction]:
        """Return the introductions of a person, in the order of their ids."""
        self._held.write()
        query = sa.select(introductions).where(
            sa.or_(introductions.c.mentee_id == person_id, introductions.c.mentor_id == person_id)
        )
        rows = self._connection.execute(query.order_by(introductions.c.match_id)).mappings()
        return [introduction_from_row(row) for row in rows]


class WaitRows:
    """Implements the port ``Waits``: new rows are written together before the commit."""

    def __init__(self, tx: Transaction) -> None:
        self._connection = tx.connection
        self._now = tx.now
        self._new: RowCache[dict[str, Any]] = RowCache(self._write)
        tx.hold(self._new)

    def add(self, match_id: str, programme_id: str, seconds: int) -> None:
        """Store one wait; the same match again changes nothing."""
        row = {"match_id": match_id, "programme_id": programme_id, "seconds": seconds, "at": self._now}
        if self._new.missing([match_id]):
            self._new.change(match_id, row)

    def _write(self, new: Mapping[str, dict[str, Any]]) -> None:
        insert_new(self._connection, waits, list(new.values()))

    def since(self, programme_id: str, moment: datetime) -> Sequence[int]:
        """Return the recent waits in seconds."""
        self._new.write()
        parameters = {"programme": programme_id, "moment": moment}
        return list(self._connection.execute(_RECENT_WAITS, parameters).scalars())
