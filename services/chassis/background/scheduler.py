"""Does things every so often, in one process at a time: promises that run out, digests, reminders.

One leader; its ticks run one after the other in one thread, so no tick overlaps itself. A tick must bear to run twice
(a leader may die just after it), and what it decides by time it decides by database time.
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
from services.chassis.observability import background_metrics
from services.chassis.storage.database import transient_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to do every `every`, and once when this process comes to lead."""

    name: str
    every: timedelta
    run: Callable[[], None]


class Scheduler:
    """The loop over the ticks."""

    def __init__(
        self, engine: sa.Engine, ticks: Sequence[Tick], *, name: str = "scheduler", look_every: float = 0.25
    ) -> None:
        self._ticks = tuple(ticks)
        self._lead = leadership(engine, name)
        self._look_every = look_every
        self._backoff = Backoff(first=0.2, longest=2.0)
        self._due: dict[str, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop. An error in a tick is logged and counted, and the next time is kept."""
        try:
            while not stop.is_set():
                stop.wait(self._turn(stop))
        finally:
            self._lead.release()
            background_metrics.LEADING.labels(what="scheduler").set(0)

    def _turn(self, stop: threading.Event) -> float:
        """Run what is due; returns how long to wait, in seconds."""
        for tick in self._ticks:
            if stop.is_set() or not self._leads():
                break
            if monotonic() >= self._due.setdefault(tick.name, 0.0):
                self._due[tick.name] = monotonic() + tick.every.total_seconds()
                self._do(tick)
        else:
            return self._look_every
        return self._backoff.next() if self._backoff.tries else self._look_every

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
        background_metrics.LEADING.labels(what="scheduler").set(int(leading))
        return leading

    def _do(self, tick: Tick) -> None:
        try:
            tick.run()
        except Exception as error:
            passing = transient_of(error) is not None
            background_metrics.TICKS.labels(tick=tick.name, outcome="error").inc()
            _log.log(
                logging.WARNING if passing else logging.ERROR,
                "tick_error",
                extra={"tick": tick.name, "error": type(error).__name__},
                exc_info=None if passing else error,
            )
        else:
            background_metrics.TICKS.labels(tick=tick.name, outcome="done").inc()
