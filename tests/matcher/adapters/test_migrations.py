"""The migrated schema is the one the code knows, on both databases, up and down, with people in it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import current_revision, migrate_down
from services.matcher.adapters import tables as t
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.candidates import Pair
from services.matcher.use_cases.draft_weights import save_draft
from services.matcher.use_cases.pin_or_block_pair import block_pair
from tests.matcher.conftest import DATABASES
from tests.matcher.scenario import PROGRAMME, Scenario, at
from tests.support.stack import migrate_as_in_production, owner_url

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


def test_the_migrations_make_what_the_code_expects(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, t.metadata) == []


def test_up_down_and_up_again_with_people_in_it(tables: Scenario, database_url: str) -> None:
    tables.mentor()
    tables.asked(tables.mentee())
    migrate_as_in_production(database_url, SERVICE)
    migrate_down(owner_url(database_url), SERVICE.migrations)
    assert current_revision(database_url) is None
    migrate_as_in_production(database_url, SERVICE)
    engine = open_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.matches)).scalar_one() == 0
    engine.dispose()


def test_a_step_down_and_up_keeps_people_and_matches(tables: Scenario, database_url: str, engine: sa.Engine) -> None:
    tables.mentor("mentor", capacity=2)
    match = tables.asked(tables.mentee("mentee"))
    pair = Pair(tables.mentee("other"), "mentor")
    block_pair(tables.database, PROGRAMME, pair, by="admin", reason="neighbours")
    save_draft(tables.database, PROGRAMME, {"coverage": 50}, at(0), by="admin")
    engine.dispose()
    migrate_down(owner_url(database_url), SERVICE.migrations, to="0001")
    assert current_revision(database_url) == "0001"
    migrate_as_in_production(database_url, SERVICE)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), t.metadata) == []
    assert tables.match(match.id) == match
    with tables.database.begin(read_only=True) as store:
        assert store.weights.draft(PROGRAMME) is None
        assert store.pairs.of(pair) is None
        assert store.rounds.snapshot(PROGRAMME).mentors[0].shapes_taken == (), "what was not noted counts as usual"
