"""Schema migrations by alembic, without an env.py: a service has only its versions.

Several processes may start a migration at once: on SQLite the whole upgrade is one write transaction, on PostgreSQL it
takes an advisory lock; the second process finds nothing to do. Either the whole upgrade is applied or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from services.chassis.storage.database import is_sqlite, open_engine
from services.chassis.storage.tables import chassis_tables, consumer_partitions, ended_sessions

Then = Callable[[sa.Connection], None]
_LOCK = 0x6D696772  # "migr"


def migrate(url: str, script_location: str | Path, *, to: str = "head", then: Then | None = None) -> None:
    """Upgrade the database at ``url`` to revision ``to``, with the scripts in ``script_location``/versions.

    ``then`` is called in the same transaction, on PostgreSQL under the same lock.
    """
    _run_migrations(url, script_location, to, down=False, then=then)


def migrate_down(url: str, script_location: str | Path, *, to: str = "base") -> None:
    """Downgrade the database to revision ``to``; loses data that only the newer schema can hold."""
    _run_migrations(url, script_location, to, down=True)


def current_revision(url: str) -> str | None:
    """Return the revision of a database, or None if it is empty."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def create_chassis_tables(connection: sa.Connection) -> None:
    """Create the chassis' tables; each service's first revision calls it with ``op.get_bind()``.

    A later change to a chassis table is a separate revision in each service, which must work on a new database that has
    the change already (``ADD COLUMN`` only where the column is missing).
    """
    metadata = sa.MetaData()
    chassis_tables(metadata)
    metadata.create_all(connection)


def drop_chassis_tables(connection: sa.Connection) -> None:
    """Drop the chassis' tables, for a downgrade."""
    metadata = sa.MetaData()
    chassis_tables(metadata)
    metadata.drop_all(connection)


def create_consumer_partitions(connection: sa.Connection) -> None:
    """Create the table of consumer alarms if it does not exist, for databases older than the table."""
    consumer_partitions(sa.MetaData()).create(connection, checkfirst=True)


def drop_consumer_partitions(connection: sa.Connection) -> None:
    """Drop the table of consumer alarms, for a downgrade."""
    consumer_partitions(sa.MetaData()).drop(connection, checkfirst=True)


def create_ended_sessions(connection: sa.Connection) -> None:
    """Create the table of ended sessions if it does not exist, for databases older than the table."""
    ended_sessions(sa.MetaData()).create(connection, checkfirst=True)


def drop_ended_sessions(connection: sa.Connection) -> None:
    """Drop the table of ended sessions, for a downgrade."""
    ended_sessions(sa.MetaData()).drop(connection, checkfirst=True)


def _run_migrations(url: str, script_location: str | Path, to: str, *, down: bool, then: Then | None = None) -> None:
    config = Config()
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)

    def steps(revision: str, _: MigrationContext) -> list[object]:
        return list(script._downgrade_revs(to, revision) if down else script._upgrade_revs(to, revision))

    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            if not is_sqlite(connection):
                connection.execute(sa.text("SET LOCAL lock_timeout = '120s'"))
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
            context = MigrationContext.configure(connection, opts={"fn": steps, "transactional_ddl": True})
            with Operations.context(context), context.begin_transaction():
                context.run_migrations()
            if then is not None:
                then(connection)
    finally:
        engine.dispose()
