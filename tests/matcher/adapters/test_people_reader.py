"""Pools that are kept from round to round: the same bytes as a process that reads everybody, and nobody who is gone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random

import pytest
import sqlalchemy as sa

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.chassis.storage.unit_of_work import UnitOfWork
from services.events import profiles
from services.matcher.adapters.facts_cache import FactsRead
from services.matcher.adapters.people_reader import PeopleRead
from services.matcher.adapters.store import MatcherStore
from services.matcher.domain.round import Snapshot, result_to_json, run_round, snapshot_from_json, snapshot_to_json
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.keep_pool_ready import PoolRefresher
from tests.matcher.scenario import PROGRAMME, World, person
from tests.matcher.stores import TableHouse
from tests.support.fakes import FixedClock

PEOPLE = 60


@pytest.fixture
def people() -> PeopleRead:
    return PeopleRead()


@pytest.fixture
def warm(engine: sa.Engine, clock: FixedClock, people: PeopleRead) -> World:
    """A programme whose process keeps what it has read."""
    store = partial(MatcherStore, facts=FactsRead(), people=people)
    uow = UnitOfWork(engine, store, source="/matcher", read_now=clock.read)
    return World(TableHouse(engine, clock, uow), clock, decide=run_round)


def read(world: World) -> Snapshot:
    with world.house.begin(read_only=True) as store:
        return store.rounds.snapshot(PROGRAMME)


def history(world: World, seed: int) -> dict[str, Callable[[], None]]:
    """What may happen, each to somebody by chance."""
    chance = Random(seed)
    found = pool_of(programme(seed, PEOPLE, PEOPLE), at=world.clock.now())
    mentees, mentors = list(found[0]), list(found[1])
    here: list[str] = []

    def sign_up() -> None:
        mentee, mentor = mentees.pop(), mentors.pop()
        world._register(mentee.id, mentee=mentee.facts)
        world._register(mentor.id, mentor=replace(mentor.facts, capacity=1))
        here.extend((mentee.id, mentor.id))

    def change() -> None:
        found = chance.choice(here)
        side = "mentee" if world.facts[found]["mentee"] else "mentor"
        told = mentees[-1].facts if side == "mentee" else mentors[-1].facts
        world.change(found, side, topics=told.topics, availability=told.availability)

    def erase() -> None:
        gone = here.pop(chance.randrange(len(here)))
        world.hear(profiles.PersonErased, gone)

    def leave() -> None:
        world.hear(profiles.PersonLeft, here.pop(chance.randrange(len(here))))

    def pause() -> None:
        world.hear(profiles.PersonPaused, chance.choice(here))

    def resume() -> None:
        world.hear(profiles.PersonResumed, chance.choice(here))

    def decline() -> None:
        with world.house.begin(read_only=True) as store:
            asked = [one for one in world.every_match(store) if one.state == "proposed"]
        if asked:
            decline_match(world.house, person(asked[0].mentor_id), asked[0].id, reason="no_time_now")

    def a_round() -> None:
        world.run()

    def months_later() -> None:
        world.clock.forward(timedelta(days=50))

    every = (sign_up, sign_up, sign_up, change, erase, leave, pause, resume, decline, a_round, months_later)
    return {f"{number} {one.__name__}": one for number, one in enumerate(every)}


@pytest.mark.parametrize("seed", range(3))
def test_a_kept_pool_is_the_pool_to_the_byte_whatever_happened(warm: World, tables: World, seed: int) -> None:
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


def test_who_has_not_changed_is_the_very_same_value(warm: World) -> None:
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
    world = World(TableHouse(engine, clock, uow), clock, decide=run_round)
    gone = world.mentee("gone")
    world.mentee("stays"), world.mentor("mentor", capacity=0)
    world.run()
    value = weakref.ref(people.mentees(PROGRAMME)[gone].person)
    world.facts.clear()
    world.hear(profiles.PersonErased, gone)
    ready = PoolRefresher(uow)
    ready._until[PROGRAMME] = float("inf")
    ready.read_again()
    gc.collect()
    assert sorted(people.mentees(PROGRAMME)) == ["stays"]
    assert value() is None, "with all that was worked out about them"


def test_what_a_transaction_read_that_may_be_undone_is_not_kept(warm: World, people: PeopleRead) -> None:
    warm.mentee("mentee")
    with warm.house.begin() as store:
        assert len(store.rounds.snapshot(PROGRAMME).mentees) == 1
    assert people.mentees(PROGRAMME) == {}
