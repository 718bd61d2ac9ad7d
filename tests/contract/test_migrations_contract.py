"""Migrations go up and down on both databases, and several processes may run them at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.storage.migrations import current_revision, migrate, migrate_down
from services.chassis.storage.tables import TABLES

FIRST = """
import sqlalchemy as sa
from alembic import op
from services.chassis.storage.migrations import create_chassis_tables, drop_chassis_tables

revision, down_revision = "0001", None

def upgrade():
    op.create_table("parcels", sa.Column("id", sa.String(40), primary_key=True))
    create_chassis_tables(op.get_bind())

def downgrade():
    drop_chassis_tables(op.get_bind())
    op.drop_table("parcels")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

def upgrade():
    op.add_column("parcels", sa.Column("colour", sa.String(10), nullable=False, server_default="brown"))
    {trouble}

def downgrade():
    op.drop_column("parcels", "colour")
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    write(tmp_path, "0001_first.py", FIRST)
    write(tmp_path, "0002_colour.py", SECOND.format(trouble="pass"))
    return tmp_path / "migrations"


def write(folder: Path, name: str, text: str) -> None:
    path = folder / "migrations" / "versions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


def test_migrating_up_and_down_keeps_the_rows(database_url: str, engine: sa.Engine, scripts: Path) -> None:
    assert current_revision(database_url) is None
    migrate(database_url, scripts, to="0001")
    assert {"parcels", *(table.name for table in TABLES.all())} <= tables(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO parcels (id) VALUES ('p1')"))

    migrate(database_url, scripts)
    migrate(database_url, scripts)  # a second time changes nothing
    assert current_revision(database_url) == "0002"
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT id, colour FROM parcels")).all() == [("p1", "brown")]

    migrate_down(database_url, scripts, to="0001")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT * FROM parcels")).all() == [("p1",)]
    migrate_down(database_url, scripts)
    assert tables(engine) <= {"alembic_version"}
    assert current_revision(database_url) is None


def test_a_failed_migration_is_rolled_back(database_url: str, engine: sa.Engine, scripts: Path, tmp_path: Path) -> None:
    write(tmp_path, "0002_colour.py", SECOND.format(trouble="raise OSError"))
    with pytest.raises(OSError):  # noqa: PT011 - raised by the script above
        migrate(database_url, scripts)
    assert current_revision(database_url) is None
    assert "parcels" not in tables(engine)


def test_several_processes_may_migrate_at_the_same_time(database_url: str, engine: sa.Engine, scripts: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(database_url, scripts), range(4)))
    assert current_revision(database_url) == "0002"
    assert {"parcels", "outbox"} <= tables(engine)
