"""The audit log as a hash chain: each row's hash covers the row before; a head row has the length and the last hash.

A row changed, removed, added, swapped or cut off breaks the chain. With plain hashes, an attacker who can rewrite the
whole table and its head could still forge a chain; with a key stored outside the database the hashes are HMACs.
Source of the idea: RFC 6962, section 2, without the tree.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.database import for_update, insert_or_skip
from services.chassis.storage.tables import TABLES

_AUDIT, _HEAD = TABLES.audit, TABLES.audit_head
_START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An audit row: ``by`` and ``subject`` are ids, ``reason`` and ``detail`` codes and figures, nothing personal."""

    action: str
    subject: str
    by: str
    reason: str | None = None
    detail: Mapping[str, Any] | None = None


def append_audit(connection: sa.Connection, entries: Sequence[AuditEntry], now: datetime, *, key: bytes = b"") -> None:
    """Append entries to the chain, in the caller's transaction; writers wait at the head row until its commit."""
    if not entries:
        return
    insert_or_skip(connection, _HEAD, {"id": 1, "seq": 0, "hash": _START})
    head = connection.execute(for_update(sa.select(_HEAD).where(_HEAD.c.id == 1))).one()
    seq, last, rows = head.seq, head.hash, []
    for entry in entries:
        seq += 1
        row = {
            "seq": seq,
            "at": now,
            "action": entry.action,
            "subject": entry.subject,
            "by": entry.by,
            "reason": entry.reason,
            "detail": None if entry.detail is None else _canonical(entry.detail),
        }
        last = _hash(last, row, key)
        rows.append({**row, "hash": last})
    connection.execute(_AUDIT.insert(), rows)
    connection.execute(_HEAD.update().where(_HEAD.c.id == 1).values(seq=seq, hash=last))


def verify_audit(connection: sa.Connection, *, key: bytes = b"") -> list[str]:
    """Check the whole chain; return a sentence per fault, or an empty list if it is intact."""
    faults: list[str] = []
    expected, last = 0, _START
    for stored_row in connection.execute(sa.select(_AUDIT).order_by(_AUDIT.c.seq)):
        row = dict(stored_row._mapping)
        stored = row.pop("hash")
        expected += 1
        if row["seq"] != expected:
            faults.append(f"row {expected} is missing, row {row['seq']} stands in its place")
            expected = row["seq"]
        if not hmac.compare_digest(_hash(last, row, key), stored):
            faults.append(f"row {row['seq']} is not what was written")
        last = stored
    head = connection.execute(sa.select(_HEAD)).all()
    if [(row.id, row.seq, row.hash) for row in head] != ([(1, expected, last)] if head or expected else []):
        faults.append(f"the chain ends at row {expected}, but its head says otherwise")
    return faults


def audit_length(connection: sa.Connection) -> int:
    """Return the number of rows of the chain."""
    return connection.execute(sa.select(sa.func.count()).select_from(_AUDIT)).scalar_one()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _hash(last: str, row: Mapping[str, Any], key: bytes) -> str:
    at: datetime = row["at"]
    text = _canonical([last, {**row, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
