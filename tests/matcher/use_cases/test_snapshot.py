"""What a round reads beside the facts: hours in use, pairs not sent yet, and how long rounds are kept."""

from __future__ import annotations

from services.events import profiles
from services.matcher.domain.round import RoundResult, Snapshot
from services.matcher.use_cases.run_due_steps import delete_old_rounds
from tests.matcher.greedy_solver import in_turn
from tests.matcher.scenario import PROGRAMME, World


def snapshot(world: World) -> Snapshot:
    with world.house.begin(read_only=True) as store:
        return store.rounds.snapshot(PROGRAMME)


def test_the_shape_of_a_request_counts_as_it_was_when_the_mentor_was_asked(world: World) -> None:
    world.mentor("mentor", capacity=3)
    mentee = world.mentee(request_shape="long_haul")
    world.mentee(request_shape="one_thing")
    world.rounds()
    world.change(mentee, "mentee", request_shape="one_thing")
    assert snapshot(world).mentors[0].shapes_taken == ("long_haul", "one_thing")
    world.hear(profiles.PersonLeft, mentee)
    assert snapshot(world).mentors[0].shapes_taken == ("one_thing",)


def test_a_pair_that_was_decided_and_not_sent_is_held(world: World) -> None:
    world.mentor("a", capacity=2)
    dropped, sent = world.mentee("dropped"), world.mentee("sent")

    def meanwhile(read: Snapshot) -> RoundResult:
        world.decide = in_turn
        world.hear(profiles.PersonPaused, dropped)
        return in_turn(read)

    world.decide = meanwhile
    world.clock.forward(world.terms.debounce)
    for _ in world.house.due_rounds():
        world.run()
    assert world.live(sent) is not None
    world.hear(profiles.PersonResumed, dropped)
    assert [(one.id, one.held) for one in snapshot(world).mentees] == [(dropped, "a")]
    world.asked(dropped)
    world.mentee("later")
    assert [(one.id, one.held) for one in snapshot(world).mentees] == [("later", None)]


def test_old_rounds_go_and_the_last_ones_stay(world: World) -> None:
    world.mentor(capacity=0)
    world.mentee()
    for _ in range(23):
        world.mentee()
        world.rounds()
    assert delete_old_rounds(world.house, world.terms) == 0
    world.forward(days=91)
    assert delete_old_rounds(world.house, world.terms) == 3
    world.mentee()
    world.rounds()
    with world.house.begin(read_only=True) as store:
        assert len(store.rounds.listed(PROGRAMME, after=None, limit=100)) == 21
