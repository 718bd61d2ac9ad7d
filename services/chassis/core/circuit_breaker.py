"""A circuit breaker: once a dependency stops answering, callers are refused at once instead of waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog

from services.chassis.core.clock import monotonic

log = structlog.get_logger(__name__)


def run_in_background(work: Callable[[], None]) -> None:
    """Run ``work`` in a thread that does not keep the process alive."""
    threading.Thread(target=work, name="breaker probe", daemon=True).start()


class Breaker:
    """Closed: calls go to the dependency. Open: they are refused, until a probe succeeds.

    No caller waits for the probe: the first call after ``pause`` seconds starts it in the background and is refused
    like the others. Nothing runs without calls; a result older than ``stale`` seconds is dropped, so that a visitor
    after a quiet night is not refused for a fault of the evening. ``probe`` raises when the dependency does not
    answer, and must end by itself.
    """

    def __init__(
        self,
        name: str,
        probe: Callable[[], Any],
        *,
        pause: float = 0.5,
        stale: float = 10.0,
        now: Callable[[], float] = monotonic,
        run: Callable[[Callable[[], None]], None] = run_in_background,
    ) -> None:
        self._name = name
        self._probe = probe
        self._pause = pause
        self._stale = stale
        self._now = now
        self._run = run
        self._lock = threading.Lock()
        self._open = False
        self._probing = False
        self._probe_at = 0.0

    def trip(self) -> None:
        """Open the breaker: the dependency did not answer."""
        with self._lock:
            was_open, self._open = self._open, True
            self._probe_at = self._now() + self._pause
        if not was_open:
            log.warning("dependency_away", check=self._name)

    def is_open(self) -> bool:
        """Return whether calls must be refused; never waits."""
        if not self._open:
            return False
        with self._lock:
            late = self._now() - self._probe_at
            due = self._open and not self._probing and late >= 0
            if due and late >= self._stale:
                self._open = due = False
            self._probing = self._probing or due
        if due:
            self._run(self._probe_once)
        return self._open

    def _probe_once(self) -> None:
        """Probe, and close the breaker if the dependency answers."""
        try:
            self._probe()
            answered = True
        except Exception:
            answered = False
        with self._lock:
            self._probing, self._open = False, not answered
            self._probe_at = self._now() + self._pause
        if answered:
            log.info("dependency_back", check=self._name)
