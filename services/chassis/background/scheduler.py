"""Periodic work in one process at a time: expiring promises, digests, reminders.

The leader runs its ticks one after the other in one thread, so no tick overlaps itself. A tick must be idempotent (a
leader may die just after it), and uses database time for decisions.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.core.backoff import Backoff
from services.chassis.core.clock import monotonic
from services.chassis.leadership.leadership import leadership
from services.chassis.observability import metrics
from services.chassis.storage.database import transient_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """Work to run at intervals of ``every``, and once when this process becomes the leader."""

    name: str
    every: timedelta
    run: Callable[[], None]


class Scheduler:
    """The loop that runs the ticks."""

    def __init__(
        self, engine: sa.Engine, ticks: Sequence[Tick], *, name: str = "scheduler", check_every: float = 0.25
    ) -> None:
        self._ticks = tuple(ticks)
        self._lead = leadership(engine, name)
        self._check_every = check_every
        self._backoff = Backoff(first=0.2, longest=2.0)
        self._due: dict[str, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Run ticks until ``stop`` is set. An error in a tick is logged and counted; the tick's interval stays."""
        try:
            while not stop.is_set():
                stop.wait(self._turn(stop))
        finally:
            self._lead.release()
            metrics.LEADING.labels(what="scheduler").set(0)

    def _turn(self, stop: threading.Event) -> float:
        """Run the ticks that are due; return how long to wait, in seconds."""
        for tick in self._ticks:
            if stop.is_set() or not self._leads():
                break
            if monotonic() >= self._due.setdefault(tick.name, 0.0):
                self._due[tick.name] = monotonic() + tick.every.total_seconds()
                self._run_tick(tick)
        else:
            return self._check_every
        return self._backoff.next() if self._backoff.tries else self._check_every

    def _leads(self) -> bool:
        try:
            leading = self._lead.hold()
            self._backoff.reset()
        except Exception as error:
            if transient_of(error) is None:
                raise
            _log.warning("scheduler_waits_for_database", extra={"error": type(error).__name__})
            self._backoff.next()
            leading = False
        if not leading:
            self._due.clear()
        metrics.LEADING.labels(what="scheduler").set(int(leading))
        return leading

    def _run_tick(self, tick: Tick) -> None:
        try:
            tick.run()
        except Exception as error:
            transient = transient_of(error) is not None
            metrics.TICKS.labels(tick=tick.name, outcome="error").inc()
            _log.log(
                logging.WARNING if transient else logging.ERROR,
                "tick_error",
                extra={"tick": tick.name, "error": type(error).__name__},
                exc_info=None if transient else error,
            )
        else:
            metrics.TICKS.labels(tick=tick.name, outcome="done").inc()
