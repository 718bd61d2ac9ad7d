"""Health of a process: ok, degraded (an optional dependency is unavailable) or unready (it cannot do its work).

Without its broker or cache a process is "degraded": the outbox stores events meanwhile. So is a consumer with a
partition in alarm: it goes on with its other partitions, so taking it out of service would not help. Without its
database a process is "unready".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, Literal

from services.chassis.core.clock import monotonic

Status = Literal["ok", "degraded", "unready"]

_MAX_THREADS = 8  # threads are started only when they are needed


@dataclass(frozen=True, slots=True)
class Check:
    """A dependency to check: ``probe`` returns anything but False when it is healthy, else returns False or raises.

    ``needed`` marks a dependency without which the process is unready.
    """

    name: str
    probe: Callable[[], Any]
    needed: bool


class Health:
    """Run all checks within ``timeout`` seconds, and cache the result for ``cache_seconds``.

    A probe that hangs counts as failed and is not started again until it returns, so that a dead dependency cannot
    use up the threads of the process.
    """

    def __init__(self, checks: Sequence[Check], *, timeout: float = 2.0, cache_seconds: float = 1.0) -> None:
        self._checks = tuple(checks)
        self._timeout = timeout
        self._cache_seconds = cache_seconds
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[str, Any] = {}
        self._last: tuple[float, tuple[Status, Mapping[str, str]]] | None = None

    def add(self, check: Check) -> None:
        """Add a check; the next report includes it."""
        with self._lock:
            self._checks = (*self._checks, check)
            self._last = None

    def report(self) -> tuple[Status, Mapping[str, str]]:
        """Return the status and, per check, "ok" or the class of its error (never the message)."""
        with self._lock:
            if self._last is None or monotonic() - self._last[0] > self._cache_seconds:
                self._last = (monotonic(), self._run_checks())
            return self._last[1]

    def _run_checks(self) -> tuple[Status, Mapping[str, str]]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=_MAX_THREADS, thread_name_prefix="health")
        for check in self._checks:
            if check.name not in self._running:
                self._running[check.name] = self._pool.submit(check.probe)
        deadline = monotonic() + self._timeout
        details = {check.name: self._result(check, deadline - monotonic()) for check in self._checks}
        failed = [check for check in self._checks if details[check.name] != "ok"]
        if any(check.needed for check in failed):
            return "unready", details
        return ("degraded" if failed else "ok"), details

    def _result(self, check: Check, timeout: float) -> str:
        future = self._running[check.name]
        try:
            healthy = future.result(timeout=max(0.0, timeout)) is not False
        except FutureTimeoutError:
            if not future.done():
                return "no answer in time"
            healthy = False
        except Exception as error:
            del self._running[check.name]
            return type(error).__name__
        del self._running[check.name]
        return "ok" if healthy else "not well"
