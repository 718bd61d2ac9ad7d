"""On PostgreSQL a service runs as an account that can do what its code does, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.core.errors import StartRefused
from services.chassis.service.service import Service
from services.chassis.storage.audit import AuditEntry, append_audit, verify_audit
from services.chassis.storage.database import database_now, open_engine
from services.chassis.storage.migrations import current_revision
from services.chassis.storage.rights import APPEND_ONLY, migrate_as_owner
from services.matcher.bootstrap import SERVICE as MATCHER
from services.notifications.bootstrap import SERVICE as NOTIFICATIONS
from services.profiles.bootstrap import SERVICE as PROFILES
from tests.support.stack import migrate_as_in_production, owner_url, separated_url

SERVICES: list[Service[Any, Any]] = [PROFILES, MATCHER, NOTIFICATIONS]


def run(url: str, *statements: str) -> Any:
    """Run statements in one transaction; return the rows of the last."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                result = connection.execute(sa.text(statement))
            return result.all() if result.returns_rows else None
    finally:
        engine.dispose()


def refused(url: str, *statements: str) -> None:
    """Assert that PostgreSQL refuses the last statement for want of rights."""
    with pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"):
        run(url, *statements)


@pytest.fixture(scope="module", params=SERVICES, ids=lambda service: str(service.name))
def service(request: pytest.FixtureRequest) -> Service[Any, Any]:
    found: Service[Any, Any] = request.param
    return found


@pytest.fixture(scope="module")
def url(service: Service[Any, Any]) -> str:
    return migrate_as_in_production(separated_url(), service)


@pytest.mark.stack
def test_the_audit_can_be_written_and_read_and_not_changed(url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        append_audit(connection, [AuditEntry("look", "p1", "admin")], database_now(connection))
    with engine.begin() as connection:
        assert verify_audit(connection) == []
    engine.dispose()
    for attack in ("UPDATE audit SET by = 'nobody'", "DELETE FROM audit", "TRUNCATE audit", "DROP TABLE audit"):
        refused(url, attack)


@pytest.mark.stack
def test_every_table_that_only_grows_refuses_changes(service: Service[Any, Any], url: str) -> None:
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES")
    columns = ", ".join(f"has_table_privilege(tablename::regclass, '{kind}')" for kind in kinds)
    rows = run(url, f"SELECT tablename, {columns} FROM pg_tables WHERE schemaname = 'public'")  # noqa: S608 - ours
    only_growing = APPEND_ONLY | service.append_only
    for table, select, insert, update, delete, *more in rows:
        changes = table not in only_growing and table != "alembic_version"
        assert (select, insert, update, delete) == (True, table != "alembic_version", changes, changes), table
        assert more == [False, False], table
    assert only_growing < {table for table, *_ in rows}


@pytest.mark.stack
@pytest.mark.parametrize(
    "attack",
    [
        "CREATE TABLE own (x int)",
        "CREATE TEMP TABLE own (x int)",
        "CREATE SCHEMA own",
        "ALTER TABLE outbox DROP COLUMN value",
        "DROP TABLE outbox",
        "TRUNCATE outbox",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE own",
        "SET ROLE postgres",
        "COPY outbox TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_running_account_changes_no_schema_and_leaves_its_database_by_no_door(url: str, attack: str) -> None:
    refused(url, attack)


@pytest.mark.stack
def test_an_account_cannot_connect_to_the_database_of_another_service() -> None:
    profiles, matcher = sa.make_url(separated_url()), sa.make_url(separated_url())
    intruder = matcher.set(database=profiles.database)
    with pytest.raises(sa.exc.OperationalError, match="permission denied for database"):
        run(intruder.render_as_string(hide_password=False), "SELECT 1")


@pytest.mark.stack
def test_a_second_migration_gives_rights_on_what_is_new_and_takes_what_was_given_by_hand() -> None:
    url = migrate_as_in_production(separated_url(), PROFILES)
    name = sa.make_url(url).username
    run(owner_url(url), "CREATE TABLE added (x int)", f"GRANT UPDATE, DELETE ON audit TO {name}")
    refused(url, "SELECT * FROM added")
    migrate_as_in_production(url, PROFILES)
    assert run(url, "SELECT * FROM added") == []
    refused(url, "DELETE FROM audit")


@pytest.mark.stack
def test_the_running_account_alone_cannot_migrate() -> None:
    url = separated_url()
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        migrate_as_owner(url, "", PROFILES.migrations, PROFILES.append_only)


def test_owner_and_running_account_have_to_differ() -> None:
    url = "postgresql+psycopg://cairn:word@nowhere/profiles"
    with pytest.raises(StartRefused, match="two accounts"):
        migrate_as_owner(url, url, PROFILES.migrations, PROFILES.append_only)


def test_without_an_owner_the_one_account_migrates(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/p.db"
    migrate_as_owner(url, "", PROFILES.migrations, PROFILES.append_only)
    assert current_revision(url)
