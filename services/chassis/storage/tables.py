"""The chassis' tables in each service's database, which make its changes atomic, repeatable and traceable.

None of them contains facts about people: only ids, hashes, sealed or coded bodies, times and class names.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.storage.columns import UtcMoment, json_column, serial_column


@dataclass(frozen=True, slots=True)
class ChassisTables:
    """The chassis' tables in a MetaData."""

    outbox: sa.Table
    inbox: sa.Table
    dead_letters: sa.Table
    consumer_partitions: sa.Table
    jobs: sa.Table
    leases: sa.Table
    idempotency: sa.Table
    audit: sa.Table
    audit_head: sa.Table
    ended_sessions: sa.Table

    def all(self) -> tuple[sa.Table, ...]:
        """Return every table, for migrations."""
        return tuple(getattr(self, name) for name in self.__slots__)


def chassis_tables(metadata: sa.MetaData) -> ChassisTables:
    """Return the chassis' tables, declared in a service's metadata."""
    return ChassisTables(
        outbox=_outbox(metadata),
        inbox=_inbox(metadata),
        dead_letters=_dead_letters(metadata),
        consumer_partitions=consumer_partitions(metadata),
        jobs=_jobs(metadata),
        leases=_leases(metadata),
        idempotency=_idempotency(metadata),
        audit=_audit(metadata),
        audit_head=_audit_head(metadata),
        ended_sessions=ended_sessions(metadata),
    )


def _outbox(metadata: sa.MetaData) -> sa.Table:
    """Return the outbox: events, sent or not. ``seq`` orders a key's events; the relay sets ``published_at``."""
    table = sa.Table(
        "outbox",
        metadata,
        sa.Column("seq", serial_column(), primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String(36), nullable=False, unique=True),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("headers", json_column(), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.Column("published_at", UtcMoment),
    )
    waiting = table.c.published_at.is_(None)
    sa.Index("outbox_waiting", table.c.seq, sqlite_where=waiting, postgresql_where=waiting)
    sa.Index("outbox_published", table.c.published_at)
    return table


def _inbox(metadata: sa.MetaData) -> sa.Table:
    """Return the inbox: handled events per consumer group; ``dead`` marks events that became dead letters."""
    return sa.Table(
        "inbox",
        metadata,
        sa.Column("consumer", sa.String(200), primary_key=True),
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("event_id", sa.String(200), primary_key=True),
        sa.Column("dead", sa.Boolean, nullable=False),
        sa.Column("handled_at", UtcMoment, nullable=False, index=True),
    )


def _dead_letters(metadata: sa.MetaData) -> sa.Table:
    """Return the dead letters: place and error of records that cannot be handled, never their content."""
    return sa.Table(
        "dead_letters",
        metadata,
        sa.Column("consumer", sa.String(200), primary_key=True),
        sa.Column("topic", sa.String(200), primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True),
        sa.Column("offset", sa.BigInteger, primary_key=True),
        sa.Column("event_id", sa.String(200)),
        sa.Column("type", sa.String(200)),
        sa.Column("error", sa.String(200), nullable=False),
        sa.Column("field", sa.String(200)),
        sa.Column("at", UtcMoment, nullable=False),
        sa.Column("acknowledged_at", UtcMoment),
    )


def consumer_partitions(metadata: sa.MetaData) -> sa.Table:
    """Return the table of partitions with dead letters: how many in a row, and the alarm.

    ``allowed`` is an operator's limit of consecutive dead letters; NULL: the consumer's own limit. ``alarm_offset``,
    ``alarm_error`` and ``alarm_at`` are where, why and since when the partition is stopped; NULL: it is not stopped.
    """
    return sa.Table(
        "consumer_partitions",
        metadata,
        sa.Column("consumer", sa.String(200), primary_key=True),
        sa.Column("topic", sa.String(200), primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True),
        sa.Column("dead_in_a_row", sa.Integer, nullable=False),
        sa.Column("allowed", sa.Integer),
        sa.Column("alarm_offset", sa.BigInteger),
        sa.Column("alarm_error", sa.String(200)),
        sa.Column("alarm_at", UtcMoment),
    )


def _jobs(metadata: sa.MetaData) -> sa.Table:
    """Return the job queue, one row per (kind, key). ``lease`` identifies the current run, ``again_at`` the next."""
    table = sa.Table(
        "jobs",
        metadata,
        sa.Column("id", serial_column(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("payload", json_column()),
        sa.Column("due_at", UtcMoment, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("leased_until", UtcMoment),
        sa.Column("again_at", UtcMoment),
        sa.Column("again_payload", json_column()),
        sa.Column("last_error", sa.String(200)),
        sa.Column("gave_up_at", UtcMoment),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.UniqueConstraint("kind", "key", name="jobs_one_per_key"),
    )
    open_ = table.c.gave_up_at.is_(None)
    sa.Index("jobs_due", table.c.due_at, sqlite_where=open_, postgresql_where=open_)
    return table


def _leases(metadata: sa.MetaData) -> sa.Table:
    """Return the leadership leases (SQLite only; PostgreSQL has advisory locks). New holders increment the epoch."""
    return sa.Table(
        "leases",
        metadata,
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("expires_at", UtcMoment, nullable=False),
    )


def _idempotency(metadata: sa.MetaData) -> sa.Table:
    """Return the idempotency table: answers by (caller and route, key); ``request_hash`` detects a different body."""
    return sa.Table(
        "idempotency",
        metadata,
        sa.Column("scope", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", json_column(), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcMoment, nullable=False, index=True),
    )


def _audit(metadata: sa.MetaData) -> sa.Table:
    """Return the audit log: who did what to which id and why; each row's hash covers the row before."""
    return sa.Table(
        "audit",
        metadata,
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", UtcMoment, nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False, index=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def _audit_head(metadata: sa.MetaData) -> sa.Table:
    """Return the audit's head row with its length and last hash: reveals a missing end, and serialises writers."""
    return sa.Table(
        "audit_head",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def ended_sessions(metadata: sa.MetaData) -> sa.Table:
    """Return the table of ended sessions, whose access tokens may not have expired yet."""
    return sa.Table(
        "ended_sessions",
        metadata,
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("ended_at", UtcMoment, nullable=False, index=True),
    )


TABLES = chassis_tables(sa.MetaData())
"""The same tables in separate metadata, for the chassis' own queries."""
