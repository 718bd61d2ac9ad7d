"""``verify-round`` on the command line: one sentence and an exit code, whatever the size of the round."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zlib

import pytest
import sqlalchemy as sa

from services.chassis.core.errors import StartRefused
from services.chassis.storage.database import open_engine
from services.chassis.storage.unit_of_work import UnitOfWork
from services.events import profiles
from services.matcher.adapters import tables as t
from services.matcher.adapters.round_texts import numbers_in
from services.matcher.adapters.store import MatcherStore
from services.matcher.adapters.verify_command import main
from services.matcher.domain.round import run_round
from services.matcher.domain.round.json_text import ENGINE
from tests.matcher.scenario import PROGRAMME, Scenario
from tests.matcher.stores import TableDatabase
from tests.support.patience import PATIENCE


@pytest.fixture
def done(tables: Scenario) -> str:
    """The id of a round of the real engine."""
    tables.decide = run_round
    tables.mentor("mentor", topics=("food",)), tables.mentee("mentee", topics=("food",)), tables.mentee("other")
    tables.rounds()
    with tables.database.begin(read_only=True) as store:
        return store.rounds.listed(PROGRAMME, after=None, limit=1)[0].id


def verified(scenario: Scenario, round_id: str, programme_id: str = PROGRAMME) -> tuple[int, str]:
    assert isinstance(scenario.database, TableDatabase)
    database, out = scenario.database.uow, io.StringIO()
    return main([round_id], lambda: (database, programme_id), out), out.getvalue()


def rewrite(engine: sa.Engine, column: str, old: str, new: str) -> None:
    """Change what is stored of the only round."""
    with engine.begin() as connection:
        numbers = numbers_in(connection.execute(sa.select(t.rounds.c[column])).scalar_one())
        theirs = t.round_chunks.c.chunk_id.in_(numbers)
        for row in connection.execute(sa.select(t.round_chunks).where(theirs)).all():
            text = zlib.decompress(row.content).decode()
            if old in text:
                changed = t.round_chunks.update().where(t.round_chunks.c.chunk_id == row.chunk_id)
                connection.execute(changed.values(content=zlib.compress(text.replace(old, new, 1).encode())))
                return
        raise AssertionError(f"{old} does not stand in what is stored")


def test_a_round_that_comes_to_the_same_bytes(tables: Scenario, done: str) -> None:
    assert verified(tables, done) == (0, f"Round {done} gave the same bytes when it was run again.\n")


def test_a_changed_result_is_reported_without_its_values(tables: Scenario, done: str, engine: sa.Engine) -> None:
    rewrite(engine, "result", '"cause":"shortage"', '"cause":"capacity"')
    code, said = verified(tables, done)
    told = "gave another result when it was run again: 1 place differs, first unmatched[0].cause."
    assert (code, said) == (1, f"Round {done} {told}\n")


def test_a_round_of_another_engine_is_not_compared(tables: Scenario, done: str, engine: sa.Engine) -> None:
    rewrite(engine, "read", f'"engine":{ENGINE}', '"engine":99')
    code, said = verified(tables, done)
    assert (code, said.count("\n")) == (2, 1)
    assert "made by engine 99" in said


def test_an_unknown_or_unstored_round_is_reported(tables: Scenario, done: str) -> None:
    assert verified(tables, "no-such")[0] == verified(tables, done, "another")[0] == 2
    tables.receive(profiles.PersonErased, "other")
    code, said = verified(tables, done)
    assert code == 2
    assert "We keep only the figures" in said


def test_a_database_that_is_not_there_is_no_traceback() -> None:
    def nowhere() -> tuple[UnitOfWork[MatcherStore], str]:
        return UnitOfWork(open_engine("sqlite:////nowhere/at/all.db"), MatcherStore, source="/matcher"), PROGRAMME

    def refused() -> tuple[UnitOfWork[MatcherStore], str]:
        raise StartRefused("DATABASE_URL has to be given")

    for open_programme in (nowhere, refused):
        out = io.StringIO()
        assert main(["some-round"], open_programme, out) == 2
        assert out.getvalue().startswith("Round some-round was not run again: ")


def test_the_command_reads_the_settings_of_the_service(done: str, database_url: str) -> None:
    environ = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": database_url,
        "BROKER_URL": "embedded:////nowhere/broker.db",
        "PROGRAMME": PROGRAMME,
    }
    command = [sys.executable, "-m", "services.matcher", "verify-round", done]
    ended = subprocess.run(
        command, env=os.environ | environ, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, f"Round {done} gave the same bytes when it was run again.\n")
