"""Rate limits are counted whatever happens to Redis, and hold within this process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis

from deploy.local.redis import RedisServer
from services.chassis.web.rate_limit_counts import LimitCounts, LocalCounts
from tests.chassis.web.shop_app import shop_app
from tests.chassis.web.test_rate_limits import knock
from tests.support import stack


class FlakyRedis:
    """A fake Redis that raises ``fault`` when set, and counts its calls."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.calls = 0
        self.counts: dict[str, int] = {}
        self.dependency = redis

    def _answer(self) -> None:
        self.calls += 1
        if self.fault is not None:
            raise self.fault

    def incr(self, key: str, expiry: int) -> int:
        self._answer()
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key]

    def get(self, key: str) -> int:
        self._answer()
        return self.counts.get(key, 0)

    def get_expiry(self, key: str) -> float:
        self._answer()
        return 5000.0

    def get_connection(self) -> Any:
        return self

    def ping(self) -> None:
        self._answer()


class Counter:
    """The counters of the limiter on a fake Redis, with time and probes controlled by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.redis = FlakyRedis()
        self.now = 1000.0
        self.probes: list[Callable[[], None]] = []
        monkeypatch.setattr("services.chassis.web.rate_limit_counts._redis_storage", lambda _address: self.redis)
        monkeypatch.setattr("services.chassis.core.circuit_breaker.monotonic", lambda: self.now)
        self.counts = LimitCounts("redis://nowhere", now=lambda: self.now, run=self.probes.append)
        self.counts._breaker._now = lambda: self.now

    def probe(self) -> None:
        self.now += 1
        self.counts.get("x")
        while self.probes:
            self.probes.pop()()


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(monkeypatch)


FAULTS = [redis.ConnectionError("gone"), redis.TimeoutError("frozen"), redis.BusyLoadingError("starting"), OSError("x")]


@pytest.mark.parametrize("fault", FAULTS)
def test_during_a_fault_of_redis_hits_count_here_and_only_the_first_calls_redis(
    counter: Counter, fault: Exception
) -> None:
    counter.redis.fault = fault
    assert [counter.counts.incr("ana", 60) for _ in range(4)] == [1, 2, 3, 4]
    assert counter.counts.get("ana") == 4
    assert counter.counts.get_expiry("ana") == 1060.0
    assert counter.redis.calls == 1


def test_earlier_hits_still_count_when_redis_fails(counter: Counter) -> None:
    assert [counter.counts.incr("ana", 60) for _ in range(2)] == [1, 2]
    counter.redis.fault = redis.TimeoutError()
    assert counter.counts.incr("ana", 60) == 3


def test_a_redis_that_returns_empty_does_not_reset_the_limit(counter: Counter) -> None:
    counter.counts.incr("ana", 60)
    counter.redis.fault = redis.ConnectionError()
    counter.counts.incr("ana", 60)
    counter.redis.fault = None
    counter.redis.counts.clear()
    counter.probe()
    assert counter.counts.incr("ana", 60) == 3
    assert counter.redis.counts == {"ana": 1}  # Redis is used again


def test_hits_in_other_processes_count(counter: Counter) -> None:
    counter.redis.counts["ana"] = 7
    assert counter.counts.incr("ana", 60) == 8
    assert counter.counts.get("ana") == 8
    assert counter.counts.get_expiry("ana") == 5000.0


def test_64_concurrent_hits_on_a_frozen_redis_are_all_counted(counter: Counter) -> None:
    barrier = threading.Barrier(64)
    counter.redis.fault = redis.TimeoutError()

    def hit(_: int) -> int:
        barrier.wait()
        return counter.counts.incr("ana", 60)

    with ThreadPoolExecutor(64) as pool:
        counts = sorted(pool.map(hit, range(64)))
    assert counts == list(range(1, 65))


def test_a_new_window_begins_with_the_first_hit_after_the_end_of_the_last() -> None:
    now = [100.0]
    counts = LocalCounts(lambda: now[0])
    assert [counts.add("ana", 60), counts.add("ana", 60)] == [1, 2]
    assert counts.window("ana") == (2, 160.0)
    now[0] = 160.0
    assert counts.window("ana") == (0, 160.0)
    assert counts.add("ana", 60) == 1
    assert counts.window("ana") == (1, 220.0)


def test_ended_windows_are_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.web.rate_limit_counts._MANY", 5)
    now = [100.0]
    counts = LocalCounts(lambda: now[0])
    for number in range(100):
        now[0] += 61
        counts.add(f"caller {number}", 60)
        assert len(counts._windows) <= 5


def test_many_live_windows_are_looked_through_seldom_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.web.rate_limit_counts._MANY", 5)
    monkeypatch.setattr("services.chassis.web.rate_limit_counts._MOST", 50)
    counts = LocalCounts(lambda: 100.0)
    looked: list[float] = []
    tidy = counts._tidy

    def count_and_tidy(now: float) -> None:
        looked.append(now)
        tidy(now)

    monkeypatch.setattr(counts, "_tidy", count_and_tidy)
    for number in range(49):
        assert counts.add(f"caller {number}", 60) == 1
    assert len(looked) <= 5
    assert counts.add("caller 0", 60) == 2
    for number in range(49, 200):
        counts.add(f"caller {number}", 60)
    assert len(counts._windows) <= 50
    assert counts.window("caller 199")[0] == 1


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """Yield a Redis that the test may freeze and kill."""
    stack.redis_url()  # skip the test where Redis cannot be started
    with RedisServer(tmp_path) as server:
        yield server


@pytest.mark.stack
def test_limits_hold_while_a_real_redis_is_frozen_and_killed(own_redis: RedisServer) -> None:
    client = shop_app(REDIS_URL=own_redis.address).test_client()
    assert knock(client).status_code == 204
    os.kill(own_redis.pid, signal.SIGSTOP)
    assert [knock(client).status_code for _ in range(3)] == [204, 429, 429]
    assert [knock(client, "203.0.113.10").status_code for _ in range(3)] == [204, 204, 429]
    own_redis.kill()
    assert [knock(client, "203.0.113.11").status_code for _ in range(3)] == [204, 204, 429]


@pytest.mark.stack
def test_processes_count_together_again_after_a_frozen_redis_answers(own_redis: RedisServer) -> None:
    first, second = (LimitCounts(own_redis.address, run=lambda probe: probe()) for _ in range(2))
    first.incr("ana", 600)
    os.kill(own_redis.pid, signal.SIGSTOP)
    assert first.incr("ana", 600) == 2
    os.kill(own_redis.pid, signal.SIGCONT)
    first._breaker._probe_at = 0.0
    first.get("ana")  # its probe closes the breaker
    first.incr("ana", 600)
    assert second.get("ana") >= 2
