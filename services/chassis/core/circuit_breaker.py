"""Remembers that a dependency does not answer, so that only the first callers wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog

from services.chassis.core.clock import monotonic

log = structlog.get_logger(__name__)


def run_in_background(work: Callable[[], None]) -> None:
    """Run `work` in a thread that does not keep the process alive."""
    threading.Thread(target=work, name="breaker probe", daemon=True).start()


class Breaker:
    """Closed: the dependency is asked. Open: it is not, until a probe has had an answer.

    Nobody waits for the probe: the first caller after `pause` seconds starts it in the background and is told
    "open" like the others. Nothing runs while nobody calls; what was found out more than `stale` seconds ago is
    forgotten, so that a visitor after a quiet night is not refused for a fault of the evening. `probe` raises when
    the dependency does not answer, and has to end by itself.
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
        """Open: the dependency did not answer."""
        with self._lock:
            was_open, self._open = self._open, True
            self._probe_at = self._now() + self._pause
        if not was_open:
            log.warning("dependency_away", check=self._name)

    def is_open(self) -> bool:
        """Tell whether the dependency should be left alone; never waits."""
        if not self._open:
            return False
        with self._lock:
            late = self._now() - self._probe_at
            due = self._open and not self._probing and late >= 0
            if due and late >= self._stale:
                self._open = due = False
            self._probing = self._probing or due
        if due:
            self._run(self._look)
        return self._open

    def _look(self) -> None:
        """Probe once; close when there is an answer."""
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
