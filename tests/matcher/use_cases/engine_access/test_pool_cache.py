"""The prepared pool: used again while nothing changed, made afresh when something did, and let go in time."""

import threading
from datetime import timedelta

from services.matcher.use_cases.engine_access.pool_cache import PoolCache
from tests.matcher.scenario import PROGRAMME, Scenario
from tests.support.patience import PATIENCE


def test_a_second_question_reuses_the_cached_pool(scenario: Scenario) -> None:
    scenario.mentor()
    scenario.mentee()
    pools = PoolCache()
    assert pools.of(scenario.database, PROGRAMME) is pools.of(scenario.database, PROGRAMME)


def test_a_person_who_signs_up_between_two_questions_is_seen(scenario: Scenario) -> None:
    scenario.mentor()
    scenario.mentee()
    pools = PoolCache()
    before = pools.of(scenario.database, PROGRAMME)
    scenario.mentee()
    after = pools.of(scenario.database, PROGRAMME)
    assert len(after.solved.snapshot.mentees) == len(before.solved.snapshot.mentees) + 1


def test_nobody_stays_in_memory_longer_than_a_pool_is_fresh(scenario: Scenario) -> None:
    scenario.mentor()
    scenario.mentee()
    pools = PoolCache(fresh=timedelta(milliseconds=1))
    pools.of(scenario.database, PROGRAMME)
    for timer in threading.enumerate():
        if isinstance(timer, threading.Timer) and timer.interval < 1:
            timer.join(PATIENCE)
    assert not pools._entries
