"""How a process is: ok, degraded (something it can do without is away) or unready (it cannot do its work).

A broker or a cache away is "degraded": the outbox holds what is told meanwhile. So is a consumer whose partition stands
in alarm: its other partitions go on, and taking the process out of service would help nobody. The database away is
"unready".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from typing import Any, Literal

from services.chassis.core.clock import monotonic

Status = Literal["ok", "degraded", "unready"]


_MOST_CHECKS = 8  # threads are started only when they are needed


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. `probe` returns (anything but False) when it is well and raises when it is not."""

    name: str
    probe: Callable[[], Any]
    needed: bool


class Health:
    """Looks at every check, each for at most `patience` seconds, and remembers the answer for `keep` seconds.

    A probe that hangs is counted as away and not started a second time until it comes back, so that a dead dependency
    cannot eat the threads of a living process.
    """

    def __init__(self, checks: Sequence[Check], *, patience: float = 2.0, keep: float = 1.0) -> None:
        self._checks = tuple(checks)
        self._patience = patience
        self._keep = keep
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[str, Any] = {}
        self._last: tuple[float, tuple[Status, Mapping[str, str]]] | None = None

    def add(self, check: Check) -> None:
        """Look at one thing more from now on."""
        with self._lock:
            self._checks = (*self._checks, check)
            self._last = None

    def report(self) -> tuple[Status, Mapping[str, str]]:
        """Return the status and, per check, "ok" or the class of what went wrong (never its message)."""
        with self._lock:
            if self._last is None or monotonic() - self._last[0] > self._keep:
                self._last = (monotonic(), self._look())
            return self._last[1]

    def _look(self) -> tuple[Status, Mapping[str, str]]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=_MOST_CHECKS, thread_name_prefix="health")
        for check in self._checks:
            if check.name not in self._running:
                self._running[check.name] = self._pool.submit(check.probe)
        deadline = monotonic() + self._patience
        details = {check.name: self._outcome(check, deadline - monotonic()) for check in self._checks}
        away = [check for check in self._checks if details[check.name] != "ok"]
        if any(check.needed for check in away):
            return "unready", details
        return ("degraded" if away else "ok"), details

    def _outcome(self, check: Check, patience: float) -> str:
        future = self._running[check.name]
        try:
            well = future.result(timeout=max(0.0, patience)) is not False
        except TookTooLong:
            if not future.done():
                return "no answer in time"
            well = False
        except Exception as error:
            del self._running[check.name]
            return type(error).__name__
        del self._running[check.name]
        return "ok" if well else "not well"
