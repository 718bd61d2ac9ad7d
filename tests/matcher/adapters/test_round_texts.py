"""What rounds have in common is stored once, comes back to the byte, and goes when nobody holds it any more."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.storage.migrations import migrate_down
from services.events import profiles
from services.matcher.adapters import tables as t
from services.matcher.adapters.round_texts import numbers_in
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.round import run_round, verify_round
from services.matcher.use_cases.run_due_steps import delete_old_rounds
from tests.matcher.conftest import DATABASES
from tests.matcher.scenario import PROGRAMME, Scenario
from tests.support.stack import migrate_as_in_production, owner_url

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


@pytest.fixture
def crowd(tables: Scenario) -> Scenario:
    """Many people who wait: nobody has a place for them."""
    tables.decide = run_round
    tables.mentor("mentor", capacity=0)
    for _ in range(150):
        tables.mentee()
    tables.run()
    return tables


def texts(scenario: Scenario) -> list[tuple[str, str]]:
    with scenario.database.begin(read_only=True) as store:
        every = store.rounds.listed(PROGRAMME, after=None, limit=100)
        found = [store.rounds.stored(one.id) for one in every]
    return [one for one in found if one is not None]


def chunks(engine: sa.Engine) -> dict[int, str]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(t.round_chunks)).all()
    return {row.chunk_id: zlib.decompress(row.content).decode() for row in rows}


def held(engine: sa.Engine) -> set[int]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(t.rounds.c.read, t.rounds.c.result)).all()
    return {number for row in rows for part in row for number in numbers_in(part)}


def test_the_next_round_adds_only_what_is_new(crowd: Scenario, engine: sa.Engine) -> None:
    before = sum(map(len, chunks(engine).values()))
    crowd.mentee()
    crowd.run()
    added = sum(map(len, chunks(engine).values())) - before
    assert added < before / 2, "the chunks in which the newcomer and the new moment stand, and no others"
    first, second = sorted(texts(crowd), key=lambda one: len(one[0]))
    assert (first[0].count('"minor"'), second[0].count('"minor"')) == (150, 151)


def test_erasing_a_person_leaves_no_chunk_with_their_id(crowd: Scenario, engine: sa.Engine) -> None:
    crowd.mentee("gone")
    crowd.run()
    crowd.receive(profiles.PersonErased, "gone")
    assert not [text for text in chunks(engine).values() if "gone" in text]
    assert len(texts(crowd)) == 1, "the round before is kept, and whole"
    assert set(chunks(engine)) == held(engine)
    assert run_again(crowd) == [True]


def run_again(scenario: Scenario) -> list[bool]:
    return [verify_round(*one).same for one in texts(scenario)]


def test_chunks_go_with_the_last_round_that_holds_them(crowd: Scenario, engine: sa.Engine) -> None:
    crowd.terms = replace(crowd.terms, snapshots_kept=1, snapshots_for=timedelta(hours=1))
    left = crowd.mentee("left")
    crowd.run()
    crowd.receive(profiles.PersonLeft, left)
    crowd.forward(hours=2)
    crowd.run()
    assert len(texts(crowd)) == 1
    assert not [text for text in chunks(engine).values() if left in text]
    assert set(chunks(engine)) == held(engine)
    crowd.forward(days=100)
    crowd.run(), delete_old_rounds(crowd.database, crowd.terms)
    assert set(chunks(engine)) == held(engine)


def test_stored_rounds_go_down_and_up_again_as_they_are(crowd: Scenario, database_url: str, engine: sa.Engine) -> None:
    crowd.mentee()
    crowd.run()
    before = texts(crowd)
    engine.dispose()
    migrate_down(owner_url(database_url), SERVICE.migrations, to="0005")
    with engine.connect() as connection:
        wholes = connection.execute(sa.text("SELECT read FROM rounds")).scalars().all()
    assert sorted(zlib.decompress(bytes(one)).decode() for one in wholes) == sorted(read for read, _ in before)
    engine.dispose()
    migrate_as_in_production(database_url, SERVICE)
    assert texts(crowd) == before
    assert [json.loads(read)["programme"] for read, _ in before] == [PROGRAMME] * 2
    crowd.run()
    assert run_again(crowd) == [True] * 3
