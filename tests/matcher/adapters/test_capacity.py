"""64 at once on the last places: none over, none under."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from services.chassis.core.errors import Conflict, Contention
from services.events.matcher import MatchAccepted, MatchProposed
from services.matcher.domain import match as life
from services.matcher.domain.match import Match
from services.matcher.domain.records import Offer, Round
from services.matcher.domain.round import RoundResult, Snapshot
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.decline_match import decline_match
from tests.matcher.conftest import DATABASES
from tests.matcher.greedy_solver import in_turn
from tests.matcher.scenario import PROGRAMME, Scenario, person

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)

AT_ONCE = 64
MENTORS, PLACES = 8, 5  # 40 places for 64 people


def at_once(acts: Sequence[Callable[[], bool]]) -> list[bool]:
    """Do everything at the same moment, each in a thread of its own; a deadlock that was undone is tried again."""
    ready = Barrier(len(acts))

    def act(one: Callable[[], bool]) -> bool:
        ready.wait()
        while True:
            try:
                return one()
            except Contention:
                continue

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def offer(scenario: Scenario, mentee_id: str, mentor_id: str) -> Callable[[], bool]:
    """Ask a mentor for a mentee if a place is free, as a round does."""

    def ask() -> bool:
        with scenario.database.begin() as store:
            if not store.places.take({mentor_id: 1}):
                return False
            new = Match(
                id=f"{mentee_id}-{mentor_id}",
                programme_id=PROGRAMME,
                mentee_id=mentee_id,
                mentor_id=mentor_id,
                round_id="by-hand",
                waiting_since=store.now,
                proposed_at=store.now,
                asked_at=store.now,
                answer_by=None,
            )
            asked, events = life.propose(new, store.now + scenario.terms.time_to_answer)
            if not store.matches.add([Offer(match=asked, parts=(), score=50, request_shape="a_few_chats")]):
                store.places.free(mentor_id)
                return False
            store.publish(*events)
            return True

    return ask


def counted(scenario: Scenario) -> Counter[str]:
    with scenario.database.begin(read_only=True) as store:
        live = [match for match in scenario.every_match(store) if match.live]
        taken = Counter({f"mentor-{n}": store.places.of(f"mentor-{n}")[0] for n in range(MENTORS)})
    assert +Counter(match.mentor_id for match in live) == +taken, "what is counted is what there is"
    assert all(count == 1 for count in Counter(match.mentee_id for match in live).values())
    return taken


def test_sixty_four_people_and_forty_places(tables: Scenario) -> None:
    for n in range(MENTORS):
        tables.mentor(f"mentor-{n}", capacity=PLACES)
    mentees = [tables.mentee(f"mentee-{n}") for n in range(AT_ONCE)]
    given = at_once([offer(tables, mentee, f"mentor-{n % MENTORS}") for n, mentee in enumerate(mentees)])
    assert sum(given) == MENTORS * PLACES
    assert counted(tables) == {f"mentor-{n}": PLACES for n in range(MENTORS)}
    assert len(tables.published(MatchProposed)) == MENTORS * PLACES


def test_a_round_that_is_applied_while_others_take_the_places_gives_none_twice(tables: Scenario) -> None:
    for n in range(MENTORS):
        tables.mentor(f"mentor-{n}", capacity=PLACES)
    mentees = [tables.mentee(f"mentee-{n:02}") for n in range(AT_ONCE)]
    rounds: list[Round | None] = []
    ran = Barrier(AT_ONCE)

    def decided_just_now(snapshot: Snapshot) -> RoundResult:
        tables.decide = in_turn  # should this run be undone in favour of another, the next one goes straight on
        ran.wait()  # all others begin when the round has decided
        return in_turn(snapshot)

    def a_round() -> bool:
        rounds.append(tables.run())
        return True

    def after_it_decided(mentee: str, n: int) -> Callable[[], bool]:
        ask = offer(tables, mentee, f"mentor-{n % MENTORS}")

        def act() -> bool:
            if mentee not in begun:
                begun.add(mentee)
                ran.wait()
            return ask()

        return act

    begun: set[str] = set()
    tables.decide = decided_just_now
    given = at_once([a_round, *(after_it_decided(mentee, n) for n, mentee in enumerate(mentees[1:]))])
    assert counted(tables) == {f"mentor-{n}": PLACES for n in range(MENTORS)}
    done = rounds[0]
    assert done is not None
    assert done.proposed + sum(given[1:]) == MENTORS * PLACES
    assert done.proposed + done.dropped + done.unmatched == AT_ONCE
    assert len(tables.published(MatchProposed)) == MENTORS * PLACES


def test_sixty_four_acceptances_of_sixteen_last_places(tables: Scenario) -> None:
    matches = [tables.asked(tables.mentee(f"mentee-{n}")) for n in range(MENTORS) if tables.mentor(f"mentor-{n}")]

    def accepting(match: Match) -> Callable[[], bool]:
        def accept() -> bool:
            try:
                accept_match(tables.database, tables.terms, person(match.mentor_id), match.id)
            except Conflict:
                return False
            return True

        return accept

    done = at_once([accepting(match) for match in matches for _ in range(AT_ONCE // len(matches))])
    assert sum(done) == len(matches)
    assert len(tables.published(MatchAccepted)) == len(matches)
    assert counted(tables) == {f"mentor-{n}": 1 for n in range(MENTORS)}


def test_a_mentee_offered_to_all_mentors_at_once_has_one_match(tables: Scenario) -> None:
    for n in range(MENTORS):
        tables.mentor(f"mentor-{n}", capacity=PLACES)
    mentee = tables.mentee()
    given = at_once([offer(tables, mentee, f"mentor-{n % MENTORS}") for n in range(AT_ONCE)])
    assert sum(given) == 1
    assert sum(counted(tables).values()) == 1


def test_an_acceptance_and_a_decline_at_the_same_moment_have_one_outcome(tables: Scenario) -> None:
    for n in range(MENTORS):
        tables.mentor(f"mentor-{n}")
    matches = [tables.asked(tables.mentee(f"mentee-{n}")) for n in range(MENTORS)]

    def trying(answer: Callable[[], object]) -> Callable[[], bool]:
        def act() -> bool:
            try:
                answer()
            except Conflict:
                return False
            return True

        return act

    acts = []
    for match in matches:
        who = person(match.mentor_id)
        acts.append(trying(partial(accept_match, tables.database, tables.terms, who, match.id)))
        acts.append(trying(partial(decline_match, tables.database, who, match.id)))
    done = at_once(acts)
    assert [sum(done[n : n + 2]) for n in range(0, len(done), 2)] == [1] * MENTORS
    counted(tables)
