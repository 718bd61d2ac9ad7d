"""Pins, blocks, drafts, reports, stamps and old rounds on both databases: what differs between them most easily."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matcher.domain.candidates import Pair
from services.matcher.domain.round import run_round
from services.matcher.use_cases.admin_board import read_admin_board, read_group_equity, suggest_weights_now
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.draft_weights import discard_draft, publish_draft, save_draft
from services.matcher.use_cases.find_gaps import KIND, find_gaps, request_gaps
from services.matcher.use_cases.pin_or_block_pair import block_pair, pin_pair
from services.matcher.use_cases.run_due_steps import delete_old_rounds
from tests.matcher.conftest import DATABASES
from tests.matcher.scenario import PROGRAMME, Scenario, at, person

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


def test_both_stores_keep_decisions_drafts_and_reports_alike(tables: Scenario) -> None:
    tables.decide = run_round
    tables.mentor("a"), tables.mentor("b"), tables.mentee("mentee")

    def stamp() -> tuple[int, ...]:
        with tables.database.begin(read_only=True) as store:
            return store.rounds.stamp(PROGRAMME)

    stamps = [stamp()]
    block_pair(tables.database, PROGRAMME, Pair("mentee", "a"), by="admin", reason="neighbours")
    stamps.append(stamp())
    pin_pair(tables.database, PROGRAMME, Pair("mentee", "b"), by="admin", reason="asked for it")
    stamps.append(stamp())
    save_draft(tables.database, PROGRAMME, {"coverage": 50}, at(0), by="admin")
    save_draft(tables.database, PROGRAMME, {"coverage": 40}, at(1), by="admin")
    assert publish_draft(tables.database, PROGRAMME, at(2), by="admin", reason="so be it").weights.coverage == 40
    stamps.append(stamp())
    save_draft(tables.database, PROGRAMME, {"coverage": 30}, at(0), by="admin")
    discard_draft(tables.database, PROGRAMME, at(1), by="admin")
    request_gaps(tables.database, PROGRAMME, by="admin")
    find_gaps(tables.database, PROGRAMME)
    with tables.database.begin(read_only=True) as store:
        report = store.reports.get(PROGRAMME, KIND)
        assert [one.kind for one in store.pairs.listed(PROGRAMME, "pin", after=None, limit=5)] == ["pin"]
        assert len(store.pairs.listed(PROGRAMME, "block", after=None, limit=5)) == 1
    assert report is not None
    assert report.content is not None
    assert report.content["waiting"] == 1
    assert tables.asked("mentee").mentor_id == "b"
    stamps.append(stamp())
    assert len(set(stamps)) == len(stamps), "whatever changed the pool changed its stamp"
    assert len(read_admin_board(tables.database, PROGRAMME, 10, by="staff").lapsing) == 0
    assert read_group_equity(tables.database, PROGRAMME)[0].people is None
    assert suggest_weights_now(tables.database, PROGRAMME) == (None, 0)
    tables.forward(days=100)
    assert delete_old_rounds(tables.database, tables.terms) == 0


def test_an_alternate_is_asked_and_old_rounds_let_go_alike(tables: Scenario) -> None:
    tables.decide = run_round
    tables.terms = replace(tables.terms, snapshots_kept=1, snapshots_for=timedelta(minutes=1))
    tables.mentor("best", topics=("food",)), tables.mentor("next"), tables.mentee("sam", topics=("food",))
    first = tables.asked("sam")
    tables.forward(minutes=1)
    decline_match(tables.database, person("best"), first.id)
    with tables.database.begin(read_only=True) as store:
        assert [one.id for one in store.matches.turned_down(PROGRAMME)] == [first.id]
    second = tables.asked("sam")
    assert (second.mentor_id, second.round_id) == ("next", first.round_id)
    tables.forward(minutes=1)
    tables.mentee("late")
    tables.rounds()
    with tables.database.begin(read_only=True) as store:
        last, old = store.rounds.listed(PROGRAMME, after=None, limit=9)
        assert (store.rounds.outline(old.id), store.rounds.stored(old.id)) == (None, None)
        outline = store.rounds.outline(last.id)
    assert outline is not None
    assert (outline.pairs, outline.alternates) == ({"late": "best"}, {"late": ()})
