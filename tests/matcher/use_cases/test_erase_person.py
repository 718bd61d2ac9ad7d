"""An erased person is nowhere here any more, and no late event brings them back."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import pytest
import sqlalchemy as sa

from services.events import profiles
from services.events.matcher import MatchEnded, MatcherForgot
from services.matcher.adapters import tables as t
from services.matcher.domain.round import Snapshot, snapshot_pieces
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.decline_match import decline_match
from tests.matcher.scenario import PROGRAMME, Scenario, person, spoken
from tests.matcher.stores import TableDatabase

run_round = import_module("services.matcher.use_cases.run_round")


def test_erasure_ends_a_live_match_and_publishes_the_receipt(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person("mentor-a"), match.id)
    scenario.receive(profiles.PersonErased, "mentor-a")
    assert [(event.cause, event.was) for event in scenario.published(MatchEnded)] == [("erased", "accepted")]
    assert [(event.person_id, event.version) for event in scenario.published(MatcherForgot)] == [("mentor-a", 2)]
    assert scenario.asked(mentee).mentor_id == "mentor-b"


def test_a_late_event_does_not_bring_them_back(scenario: Scenario) -> None:
    mentee = scenario.mentee()
    facts = scenario.facts[mentee]
    scenario.receive(profiles.PersonErased, mentee)
    scenario.receive(profiles.PersonChanged, mentee, version=99, locale="en", **facts)
    scenario.mentor()
    scenario.rounds()
    assert scenario.live(mentee) is None
    with scenario.database.begin(read_only=True) as store:
        assert store.pool.member(mentee) is None


def test_a_person_erased_while_a_round_begins_is_not_in_what_it_stores(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.mentor(), scenario.mentee("stays"), scenario.mentee("leaves")
    read: list[set[str]] = []

    def erased_after_reading(snapshot: Snapshot) -> Sequence[str]:
        read.append({mentee.id for mentee in snapshot.mentees})
        if len(read) == 1:
            scenario.receive(profiles.PersonErased, "leaves")
        return snapshot_pieces(snapshot)

    monkeypatch.setattr(run_round, "snapshot_pieces", erased_after_reading)
    scenario.rounds()
    assert read == [{"stays", "leaves"}, {"stays"}]
    with scenario.database.begin(read_only=True) as store:
        stored = [store.rounds.stored(row.id) for row in store.rounds.listed(PROGRAMME, after=None, limit=10)]
    assert "leaves" not in repr(stored)


def test_forgetting_twice_and_forgetting_a_stranger_are_as_good_as_once(scenario: Scenario) -> None:
    scenario.receive(profiles.PersonErased, "nobody-we-know")
    scenario.receive(profiles.PersonErased, "nobody-we-know")
    assert len(scenario.published(MatcherForgot)) == 2


def test_no_table_holds_them_or_their_facts(tables: Scenario) -> None:
    scenario = tables
    mentee = scenario.mentee("mentee-to-forget", languages=spoken("cy"))
    mentor = scenario.mentor("mentor-to-stay", languages=spoken("cy"))
    match = scenario.asked(mentee)
    decline_match(scenario.database, person(mentor), match.id, reason="no_time_now", note="we met at a clinic")
    scenario.rounds()
    scenario.receive(profiles.PersonErased, mentee)
    assert isinstance(scenario.database, TableDatabase)
    for table in t.metadata.sorted_tables:
        if table.name == "outbox":
            continue  # what was published before stays until the relay has sent it; it holds ids only
        rows = repr(_rows(scenario.database, table))
        assert mentee not in rows, table.name
        assert "we met at a clinic" not in rows, table.name
    with scenario.database.begin(read_only=True) as store:
        assert store.matches.get(match.id).mentee_id == "forgotten"
        assert store.matches.get(match.id).reasons == ()
        for done in store.rounds.listed("cairn", after=None, limit=10):
            stored = store.rounds.stored(done.id)
            assert stored is None or mentee not in stored[0] + stored[1]


def _rows(database: TableDatabase, table: sa.Table) -> list[object]:
    with database.engine.connect() as connection:
        return list(connection.execute(sa.select(table)).all())
