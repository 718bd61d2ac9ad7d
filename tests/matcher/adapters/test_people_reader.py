"""Pools that are kept from round to round: the same bytes as a process that reads all people, and nobody who left."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import _lru_cache_wrapper, partial
from random import Random
from threading import Thread
from types import FunctionType, ModuleType

import pytest
import sqlalchemy as sa

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.chassis.storage.unit_of_work import UnitOfWork
from services.events import profiles
from services.matcher.adapters.people_reader import PeopleRead
from services.matcher.adapters.store import MatcherStore
from services.matcher.domain.round import Snapshot, result_to_json, run_round, snapshot_from_json, snapshot_to_json
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.keep_pool_ready import PoolRefresher
from tests.matcher.scenario import PROGRAMME, Scenario, person
from tests.matcher.stores import TableDatabase
from tests.support.fakes import FixedClock

PEOPLE = 60


@pytest.fixture
def people() -> PeopleRead:
    return PeopleRead()


@pytest.fixture
def warm(engine: sa.Engine, clock: FixedClock, people: PeopleRead) -> Scenario:
    """A programme whose process keeps what it has read."""
    store = partial(MatcherStore, people=people)
    uow = UnitOfWork(engine, store, source="/matcher", read_now=clock.read)
    return Scenario(TableDatabase(engine, clock, uow), clock, decide=run_round)


def read(scenario: Scenario) -> Snapshot:
    with scenario.database.begin(read_only=True) as store:
        return store.rounds.snapshot(PROGRAMME)


def history(scenario: Scenario, seed: int) -> dict[str, Callable[[], None]]:
    """What may happen, each to a person by chance."""
    chance = Random(seed)
    found = pool_of(programme(seed, PEOPLE, PEOPLE), at=scenario.clock.now())
    mentees, mentors = list(found[0]), list(found[1])
    here: list[str] = []

    def sign_up() -> None:
        mentee, mentor = mentees.pop(), mentors.pop()
        scenario._register(mentee.id, mentee=mentee.facts)
        scenario._register(mentor.id, mentor=replace(mentor.facts, capacity=1))
        here.extend((mentee.id, mentor.id))

    def change() -> None:
        found = chance.choice(here)
        side = "mentee" if scenario.facts[found]["mentee"] else "mentor"
        told = mentees[-1].facts if side == "mentee" else mentors[-1].facts
        scenario.change(found, side, topics=told.topics, availability=told.availability)

    def erase() -> None:
        gone = here.pop(chance.randrange(len(here)))
        scenario.receive(profiles.PersonErased, gone)

    def leave() -> None:
        scenario.receive(profiles.PersonLeft, here.pop(chance.randrange(len(here))))

    def pause() -> None:
        scenario.receive(profiles.PersonPaused, chance.choice(here))

    def resume() -> None:
        scenario.receive(profiles.PersonResumed, chance.choice(here))

    def decline() -> None:
        with scenario.database.begin(read_only=True) as store:
            asked = [one for one in scenario.every_match(store) if one.state == "proposed"]
        if asked:
            decline_match(scenario.database, person(asked[0].mentor_id), asked[0].id, reason="no_time_now")

    def a_round() -> None:
        scenario.run()

    def months_later() -> None:
        scenario.clock.forward(timedelta(days=50))

    every = (sign_up, sign_up, sign_up, change, erase, leave, pause, resume, decline, a_round, months_later)
    return {f"{number} {one.__name__}": one for number, one in enumerate(every)}


@pytest.mark.parametrize("seed", range(3))
def test_a_cached_pool_equals_a_fresh_one_byte_for_byte(warm: Scenario, tables: Scenario, seed: int) -> None:
    steps, chance = history(warm, seed), Random(seed)
    for _ in range(6):
        steps["0 sign_up"]()
    for number in range(45):
        step = steps[chance.choice(sorted(steps))]
        step()
        kept, afresh = read(warm), read(tables)
        text = snapshot_to_json(afresh)
        assert snapshot_to_json(kept) == text, step.__name__
        if number % 5 == 4:
            assert result_to_json(run_round(kept)) == result_to_json(run_round(snapshot_from_json(text)))


def test_who_has_not_changed_is_the_very_same_value(warm: Scenario) -> None:
    stays, changes = warm.mentee("stays"), warm.mentee("changes")
    before = {one.id: one for one in read(warm).mentees}
    warm.change(changes, "mentee", topics=("food",))
    after = {one.id: one for one in read(warm).mentees}
    assert after[stays] is before[stays]
    assert after[changes].facts.topics == ("food",)


def test_nobody_who_was_erased_stays_in_memory_once_the_pool_is_read_again(
    engine: sa.Engine, clock: FixedClock, people: PeopleRead
) -> None:
    uow = UnitOfWork(engine, partial(MatcherStore, people=people), source="/matcher", read_now=clock.read)
    scenario = Scenario(TableDatabase(engine, clock, uow), clock, decide=run_round)
    gone = scenario.mentee("gone")
    scenario.mentee("stays"), scenario.mentor("mentor", capacity=0)
    scenario.run()
    value = weakref.ref(people.mentees(PROGRAMME)[gone].person)
    scenario.facts.clear()
    scenario.receive(profiles.PersonErased, gone)
    ready = PoolRefresher(uow)
    ready._until[PROGRAMME] = float("inf")
    ready.read_again()
    gc.collect()
    assert sorted(people.mentees(PROGRAMME)) == ["stays"]
    assert value() is None, "with all that was worked out about them"


def test_no_cache_holds_anything_of_a_person_who_was_erased(warm: Scenario, people: PeopleRead) -> None:
    """Neither the pool, with texts, answers and codes, nor the caches of functions: no text in them has the id."""
    gone = warm.mentee("gone-f2b7")
    for helper in ("one", "two"):
        warm.mentor(helper)
    snapshot = read(warm)
    assert run_round(snapshot).proposals[0].mentee_id == gone
    assert gone in snapshot_to_json(snapshot)
    del snapshot
    assert any(gone in held for held in cached_texts(people))
    warm.receive(profiles.PersonErased, gone)
    read(warm)
    assert not [held for held in cached_texts(people) if gone in held]


def cached_texts(people: PeopleRead) -> Iterator[str]:
    """Yield every text that the cached pool or a cached function of the matcher refers to, however deep."""
    cached = [value for value in gc.get_objects() if isinstance(value, _lru_cache_wrapper)]
    seen, left = set[int](), [people, *(value for value in cached if value.__module__.startswith("services.matcher"))]
    while left:
        value = left.pop()
        if id(value) in seen or isinstance(value, type | FunctionType | ModuleType | Thread):
            continue
        seen.add(id(value))
        if isinstance(value, str):
            yield value
        left.extend(gc.get_referents(value))


def test_reads_of_a_transaction_that_may_roll_back_are_not_cached(warm: Scenario, people: PeopleRead) -> None:
    warm.mentee("mentee")
    with warm.database.begin() as store:
        assert len(store.rounds.snapshot(PROGRAMME).mentees) == 1
    assert people.mentees(PROGRAMME) == {}
