"""Migrations go up and down with people in the database, and produce the declared tables."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.chassis.service.settings import load
from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import current_revision, migrate, migrate_down
from services.profiles.adapters.tables import METADATA
from services.profiles.bootstrap import SERVICE
from services.profiles.settings import Settings
from tests.profiles.app_harness import Stage, mentee_body
from tests.support.stack import postgres_url


def up_and_down(url: str) -> None:
    migrate(url, SERVICE.migrations)
    migrate(url, SERVICE.migrations)
    stage = Stage(
        load(Settings, {"ENVIRONMENT": "development", "DATABASE_URL": url, "BROKER_URL": "embedded:///nowhere"})
    )
    try:
        mentee, mentor = stage.mentee(preferred_name="Ada"), stage.mentor()
        assert stage.person(mentee)["preferred_name"] == "Ada"
        assert stage.change(mentor, {"mentor": {"capacity": 2}}).status_code == 200
        again = stage.ask("POST", "/profiles/v1/mentees", json=mentee_body(contact={"email": mentee.email}))
        assert again.status_code == 409
        page = stage.ask("GET", "/profiles/v1/mentors?status=approved", by=stage.admin).json
        assert [item["id"] for item in page["items"]] == [mentor.id]  # type: ignore[index]
        assert stage.ask("DELETE", f"/profiles/v1/people/{mentee.id}", by=mentee).status_code == 202
        assert [row["id"] for row in stage.rows("people")] == [mentor.id]
        assert len(stage.rows("consents")) == 1
    finally:
        stage.close()
    migrate_down(url, SERVICE.migrations)
    assert current_revision(url) is None
    migrate(url, SERVICE.migrations)
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM people")).scalar_one() == 0
    engine.dispose()


def test_the_schema_goes_up_and_down_on_sqlite(tmp_path: Path) -> None:
    up_and_down(f"sqlite:///{tmp_path}/profiles.db")


@pytest.mark.stack
def test_the_schema_goes_up_and_down_on_postgres() -> None:
    up_and_down(postgres_url())


def test_migrations_produce_the_declared_tables(migrated: Path) -> None:
    engine = open_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()
    assert [difference for difference in differences if "remove_table" not in str(difference[0])] == []


def test_every_column_declares_its_class_purpose_and_erasure() -> None:
    own = ("people", "consents", "sign_in_links", "introductions", "waits", "tombstones")
    for table in own:
        for column in METADATA.tables[table].columns:
            assert {"class", "purpose", "retention", "erase", "export"} <= set(column.info), f"{table}.{column.name}"
