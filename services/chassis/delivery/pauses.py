"""Paused partitions: until when each waits before a record is retried, and how often it was tried."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from services.chassis.broker.protocol import TopicPartition
from services.chassis.core.backoff import Backoff
from services.chassis.core.clock import monotonic


@dataclass(slots=True)
class Pause:
    """A partition's wait: until when (monotonic seconds), and for which offset.

    ``errors`` counts the unexpected errors at this record. ``away``: a dependency did not answer, so the wait ends as
    soon as it does.
    """

    until: float
    offset: int
    backoff: Backoff
    errors: int = 0
    away: bool = False


class Pauses:
    """The waits of a consumer. Waits grow from ``first`` to ``longest`` seconds, starting again for each record."""

    def __init__(self, *, first: float, longest: float, now: Callable[[], float] = monotonic) -> None:
        self._first = first
        self._longest = longest
        self._now = now
        self._pauses: dict[TopicPartition, Pause] = {}

    def at(self, place: TopicPartition, offset: int) -> Pause:
        """Return the partition's pause for this record; a new record gets a new pause."""
        pause = self._pauses.get(place)
        if pause is None or pause.offset != offset:
            pause = Pause(0.0, offset, Backoff(first=self._first, longest=self._longest))
            self._pauses[place] = pause
        return pause

    def begin(self, place: TopicPartition, offset: int, *, away: bool) -> None:
        """Pause a partition, longer each time."""
        pause = self.at(place, offset)
        pause.until = self._now() + pause.backoff.next()
        pause.away = away

    def end(self, place: TopicPartition) -> None:
        """Drop a partition's pause: its record is handled."""
        self._pauses.pop(place, None)

    def keep(self, assigned: Collection[TopicPartition]) -> None:
        """Drop the pauses of partitions that are no longer assigned."""
        self._pauses = {place: pause for place, pause in self._pauses.items() if place in assigned}

    def end_waits_for_answer(self) -> None:
        """End the waits for a dependency that did not answer: it answers again."""
        for pause in self._pauses.values():
            if pause.away:
                pause.until = self._now()
                pause.backoff.reset()
                pause.away = False

    def due(self) -> list[TopicPartition]:
        """Return the partitions whose wait is over; they stay recorded until their record is handled."""
        return [place for place, pause in self._pauses.items() if pause.until <= self._now()]

    def waiting(self) -> dict[TopicPartition, float]:
        """Return how many seconds each partition still waits."""
        now = self._now()
        return {place: pause.until - now for place, pause in self._pauses.items() if pause.until > now}
