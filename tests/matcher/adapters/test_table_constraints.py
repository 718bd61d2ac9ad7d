"""What must hold, the database holds by itself: each rule is broken on purpose, past the code that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from services.matcher.adapters import tables as t
from services.matcher.domain.match import Match
from tests.matcher.conftest import DATABASES
from tests.matcher.scenario import Scenario
from tests.matcher.stores import TableDatabase

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


@pytest.fixture
def match(tables: Scenario) -> Match:
    tables.mentor("mentor-a", capacity=2)
    return tables.asked(tables.mentee("mentee-a"))


def breaks(scenario: Scenario, statement: sa.Executable) -> bool:
    assert isinstance(scenario.database, TableDatabase)
    try:
        with scenario.database.engine.begin() as connection:
            connection.execute(statement)
    except sa.exc.IntegrityError:
        return True
    return False


def another(match: Match, **changed: Any) -> sa.Insert:
    """A row like this match's, past the code that would check it."""
    row: Mapping[str, Any] = {
        "match_id": "another",
        "programme_id": match.programme_id,
        "mentee_id": match.mentee_id,
        "mentor_id": match.mentor_id,
        "mentee_minor": False,
        "mentor_cleared": False,
        "round_id": "by-hand",
        "attempt": 1,
        "state": "proposed",
        "version": 1,
        "waiting_since": match.waiting_since,
        "proposed_at": match.proposed_at,
        "asked_at": match.asked_at,
        "answer_by": match.answer_by,
        "score": 1,
    }
    return t.matches.insert().values({**row, **changed})


def test_no_second_live_match_of_a_mentee(tables: Scenario, match: Match) -> None:
    tables.mentor("mentor-b")
    assert breaks(tables, another(match, mentor_id="mentor-b"))
    over = {"state": "ended", "ended_at": match.proposed_at, "answer_by": None}
    assert not breaks(tables, another(match, mentor_id="mentor-b", **over))


def test_no_more_taken_than_there_are_places(tables: Scenario, match: Match) -> None:
    mentor = t.mentors.update().where(t.mentors.c.person_id == match.mentor_id)
    assert not breaks(tables, mentor.values(taken=2))
    assert breaks(tables, mentor.values(taken=3))
    assert breaks(tables, mentor.values(taken=-1))


def test_no_match_across_programmes(tables: Scenario, match: Match) -> None:
    tables.mentee("mentee-b")
    assert breaks(tables, another(match, mentee_id="mentee-b", programme_id="elsewhere"))


def test_no_minor_with_a_mentor_who_is_not_cleared(tables: Scenario, match: Match) -> None:
    tables.mentee("minor", minor=True)
    assert breaks(tables, another(match, mentee_id="minor", mentee_minor=True))
    assert breaks(tables, another(match, mentee_id="minor", mentee_minor=False)), "the flag is the mentee's own"
    assert breaks(tables, another(match, mentee_id="minor", mentee_minor=None)), "nor can it be left out"


def test_a_mentee_who_turns_out_to_be_a_minor_cannot_slip_by(tables: Scenario, match: Match) -> None:
    mentee = t.mentees.update().where(t.mentees.c.person_id == match.mentee_id)
    assert breaks(tables, mentee.values(minor=True))


def test_nobody_accompanies_themselves_and_nobody_unknown(tables: Scenario, match: Match) -> None:
    assert breaks(tables, another(match, mentee_id="unknown"))
    assert breaks(tables, another(match, mentor_id="unknown"))


@pytest.mark.parametrize(
    "row",
    [
        {"state": "asleep"},
        {"state": "ended"},
        {"answer_by": None},
        {"state": "active"},
    ],
)
def test_no_state_that_makes_no_sense(tables: Scenario, match: Match, row: dict[str, Any]) -> None:
    tables.mentee("mentee-b")
    assert breaks(tables, another(match, mentee_id="mentee-b", **row))


def test_no_two_open_rounds_of_a_programme(tables: Scenario, match: Match) -> None:
    row = {
        "programme_id": match.programme_id,
        "fence": 1,
        "state": "open",
        "weights_version": 1,
        "opened_at": match.proposed_at,
        "mentees": 1,
        "mentors": 1,
        "proposed": 0,
        "unmatched": 0,
        "dropped": 0,
    }
    assert not breaks(tables, t.rounds.insert().values(round_id="one", **row))
    assert breaks(tables, t.rounds.insert().values(round_id="two", **row))
    assert not breaks(tables, t.rounds.insert().values({**row, "round_id": "elsewhere", "programme_id": "other"}))


def test_no_live_match_of_a_blocked_pair(tables: Scenario, match: Match) -> None:
    tables.mentee("mentee-b")
    rule = {"programme_id": match.programme_id, "by": "admin", "reason": "by hand", "since": match.proposed_at}
    pair = {"mentee_id": "mentee-b", "mentor_id": match.mentor_id}
    assert not breaks(tables, t.pair_rules.insert().values(kind="block", **pair, **rule))
    assert breaks(tables, another(match, mentee_id="mentee-b"))
    over = {"state": "ended", "ended_at": match.proposed_at, "answer_by": None}
    assert not breaks(tables, another(match, mentee_id="mentee-b", **over))
    assert breaks(tables, t.pair_rules.insert().values(kind="pin", **pair, **rule)), "pinned or blocked, never both"
    assert breaks(tables, t.pair_rules.insert().values(kind="wish", mentee_id="mentee-b", mentor_id="x", **rule))
