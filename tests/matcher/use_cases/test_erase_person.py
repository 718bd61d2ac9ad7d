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
from tests.matcher.scenario import PROGRAMME, World, person, spoken
from tests.matcher.stores import TableHouse

run_round = import_module("services.matcher.use_cases.run_round")


def test_a_live_match_ends_and_the_receipt_is_told(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person("mentor-a"), match.id)
    world.hear(profiles.PersonErased, "mentor-a")
    assert [(event.cause, event.was) for event in world.told(MatchEnded)] == [("erased", "accepted")]
    assert [(event.person_id, event.version) for event in world.told(MatcherForgot)] == [("mentor-a", 2)]
    assert world.asked(mentee).mentor_id == "mentor-b"


def test_a_late_event_does_not_bring_them_back(world: World) -> None:
    mentee = world.mentee()
    facts = world.facts[mentee]
    world.hear(profiles.PersonErased, mentee)
    world.hear(profiles.PersonChanged, mentee, version=99, locale="en", **facts)
    world.mentor()
    world.rounds()
    assert world.live(mentee) is None
    with world.house.begin(read_only=True) as store:
        assert store.pool.member(mentee) is None


def test_who_is_erased_while_a_round_begins_is_not_in_what_it_stores(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.mentor(), world.mentee("stays"), world.mentee("leaves")
    read: list[set[str]] = []

    def erased_after_reading(snapshot: Snapshot) -> Sequence[str]:
        read.append({mentee.id for mentee in snapshot.mentees})
        if len(read) == 1:
            world.hear(profiles.PersonErased, "leaves")
        return snapshot_pieces(snapshot)

    monkeypatch.setattr(run_round, "snapshot_pieces", erased_after_reading)
    world.rounds()
    assert read == [{"stays", "leaves"}, {"stays"}]
    with world.house.begin(read_only=True) as store:
        stored = [store.rounds.stored(row.id) for row in store.rounds.listed(PROGRAMME, after=None, limit=10)]
    assert "leaves" not in repr(stored)


def test_forgetting_twice_and_forgetting_a_stranger_are_as_good_as_once(world: World) -> None:
    world.hear(profiles.PersonErased, "nobody-we-know")
    world.hear(profiles.PersonErased, "nobody-we-know")
    assert len(world.told(MatcherForgot)) == 2


def test_no_table_holds_them_or_their_facts(tables: World) -> None:
    world = tables
    mentee = world.mentee("mentee-to-forget", languages=spoken("cy"))
    mentor = world.mentor("mentor-to-stay", languages=spoken("cy"))
    match = world.asked(mentee)
    decline_match(world.house, person(mentor), match.id, reason="no_time_now", note="we met at a clinic")
    world.rounds()
    world.hear(profiles.PersonErased, mentee)
    assert isinstance(world.house, TableHouse)
    for table in t.metadata.sorted_tables:
        if table.name == "outbox":
            continue  # what was told before stays until the relay has sent it; it holds ids only
        rows = repr(_rows(world.house, table))
        assert mentee not in rows, table.name
        assert "we met at a clinic" not in rows, table.name
    with world.house.begin(read_only=True) as store:
        assert store.matches.get(match.id).mentee_id == "forgotten"
        assert store.matches.get(match.id).reasons == ()
        for done in store.rounds.listed("cairn", after=None, limit=10):
            stored = store.rounds.stored(done.id)
            assert stored is None or mentee not in stored[0] + stored[1]


def _rows(house: TableHouse, table: sa.Table) -> list[object]:
    with house.engine.connect() as connection:
        return list(connection.execute(sa.select(table)).all())
