"""The prepared pool: used again while nothing changed, made afresh when something did, and let go in time."""

import threading
from datetime import timedelta

from services.matcher.use_cases.engine_access.pool_cache import PoolCache
from tests.matcher.scenario import PROGRAMME, World


def test_a_second_question_is_answered_from_the_first_ones_work(world: World) -> None:
    world.mentor()
    world.mentee()
    pools = PoolCache()
    assert pools.of(world.house, PROGRAMME) is pools.of(world.house, PROGRAMME)


def test_whoever_comes_in_between_is_seen(world: World) -> None:
    world.mentor()
    world.mentee()
    pools = PoolCache()
    before = pools.of(world.house, PROGRAMME)
    world.mentee()
    after = pools.of(world.house, PROGRAMME)
    assert len(after.solved.snapshot.mentees) == len(before.solved.snapshot.mentees) + 1


def test_nobody_stays_in_memory_longer_than_a_pool_is_fresh(world: World) -> None:
    world.mentor()
    world.mentee()
    pools = PoolCache(fresh=timedelta(milliseconds=1))
    pools.of(world.house, PROGRAMME)
    for timer in threading.enumerate():
        if isinstance(timer, threading.Timer) and timer.interval < 1:
            timer.join(30)
    assert not pools._entries
