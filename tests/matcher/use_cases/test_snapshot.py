"""What a round reads beside the facts: hours in use, pairs not sent yet, and how long rounds are kept."""

from __future__ import annotations

from services.events import profiles
from services.matcher.domain.round import RoundResult, Snapshot
from services.matcher.use_cases.run_due_steps import delete_old_rounds
from tests.matcher.greedy_solver import in_turn
from tests.matcher.scenario import PROGRAMME, Scenario


def snapshot(scenario: Scenario) -> Snapshot:
    with scenario.database.begin(read_only=True) as store:
        return store.rounds.snapshot(PROGRAMME)


def test_the_shape_of_a_request_counts_as_it_was_when_the_mentor_was_asked(scenario: Scenario) -> None:
    scenario.mentor("mentor", capacity=3)
    mentee = scenario.mentee(request_shape="long_haul")
    scenario.mentee(request_shape="one_thing")
    scenario.rounds()
    scenario.change(mentee, "mentee", request_shape="one_thing")
    assert snapshot(scenario).mentors[0].shapes_taken == ("long_haul", "one_thing")
    scenario.receive(profiles.PersonLeft, mentee)
    assert snapshot(scenario).mentors[0].shapes_taken == ("one_thing",)


def test_a_dropped_pair_is_marked_held_in_the_next_snapshot(scenario: Scenario) -> None:
    scenario.mentor("a", capacity=2)
    dropped, sent = scenario.mentee("dropped"), scenario.mentee("sent")

    def meanwhile(read: Snapshot) -> RoundResult:
        scenario.decide = in_turn
        scenario.receive(profiles.PersonPaused, dropped)
        return in_turn(read)

    scenario.decide = meanwhile
    scenario.clock.forward(scenario.terms.debounce)
    for _ in scenario.database.due_rounds():
        scenario.run()
    assert scenario.live(sent) is not None
    scenario.receive(profiles.PersonResumed, dropped)
    assert [(one.id, one.held) for one in snapshot(scenario).mentees] == [(dropped, "a")]
    scenario.asked(dropped)
    scenario.mentee("later")
    assert [(one.id, one.held) for one in snapshot(scenario).mentees] == [("later", None)]


def test_old_rounds_are_deleted_and_the_last_ones_stay(scenario: Scenario) -> None:
    scenario.mentor(capacity=0)
    scenario.mentee()
    for _ in range(23):
        scenario.mentee()
        scenario.rounds()
    assert delete_old_rounds(scenario.database, scenario.terms) == 0
    scenario.forward(days=91)
    assert delete_old_rounds(scenario.database, scenario.terms) == 3
    scenario.mentee()
    scenario.rounds()
    with scenario.database.begin(read_only=True) as store:
        assert len(store.rounds.listed(PROGRAMME, after=None, limit=100)) == 21
