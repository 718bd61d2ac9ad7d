"""What the account that runs a service may do in its PostgreSQL database, granted anew by each migration.

Two accounts: the owner migrates, and the running account reads and writes rows. The running account can change no
schema, and in tables where history must stay it can only insert and read. Foreign keys still delete from such a table,
since PostgreSQL runs them as the table's owner: erasing a person removes their rows there.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from services.chassis.core.errors import StartRefused
from services.chassis.storage.migrations import migrate

APPEND_ONLY = frozenset({"audit"})
"""The chassis' tables whose rows are never changed or deleted."""


def migrate_as_owner(url: str, owner_url: str, script_location: Path, append_only: Collection[str]) -> None:
    """Migrate the database as the account of ``owner_url``, and grant the account of ``url`` its rights.

    Both in one transaction, so that running processes never meet a table without rights. ``append_only`` are the
    service's own tables of that kind. Without ``owner_url`` migrate with ``url`` and grant nothing. Raises StartRefused
    when both URLs name one account.
    """
    if not owner_url:
        return migrate(url, script_location)
    role = sa.make_url(url).username
    if role is None or role == sa.make_url(owner_url).username:
        raise StartRefused("MIGRATION_DATABASE_URL and DATABASE_URL have to name two accounts: owner and running")
    return migrate(owner_url, script_location, then=partial(grant_rights, role=role, append_only=append_only))


def grant_rights(connection: sa.Connection, role: str, append_only: Collection[str]) -> None:
    """Let ``role`` use the tables of the database, and nothing else; run as their owner."""
    quote = connection.dialect.identifier_preparer.quote
    tables = set(sa.inspect(connection).get_table_names())
    inserting, changing = "SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE"
    rights = dict.fromkeys(tables, changing) | dict.fromkeys(APPEND_ONLY | set(append_only), inserting)
    rights["alembic_version"] = "SELECT"
    for table, granted in sorted(rights.items()):
        connection.execute(sa.text(f"REVOKE ALL ON {quote(table)} FROM {quote(role)}"))
        connection.execute(sa.text(f"GRANT {granted} ON {quote(table)} TO {quote(role)}"))
    connection.execute(sa.text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}"))
