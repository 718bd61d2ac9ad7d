"""Tells when a consumer stands still although records lie ahead of it, whatever the cause.

A client library may lose a partition without an error (docs/decisions/0029-a-consumer-never-stands-still.md). What is
seen from outside is the same each time: the lag stays above zero, the partition is not paused, and polls bring nothing
of it. Then a new consumer is the cure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from services.chassis.broker.protocol import BrokerError, Record, TopicPartition
from services.chassis.core.clock import monotonic

_LONGEST_POLL = 1.0


class ConsumerStalled(BrokerError):
    """The consumer brings nothing although records lie ahead: close it and build another."""


class ProgressWatch:
    """Counts the seconds of polling since a partition that has records ahead brought one.

    `patience` is how many are borne. Only time spent polling counts, at most a second for each poll: a slow handler or
    a process that was stopped for a while is no stall. A poll that came back full says nothing about the partitions
    it did not bring, since the others took the room: their count begins anew.
    """

    def __init__(self, *, patience: float = 30.0, now: Callable[[], float] = monotonic) -> None:
        self._patience = patience
        self._now = now
        self._polled = 0.0
        self._last = now()
        self._behind_since: dict[TopicPartition, float] = {}

    def note_poll(self, found: Mapping[TopicPartition, Sequence[Record]], *, full: bool) -> None:
        """Note what one poll brought; `full` when it brought as many records as were asked for."""
        now = self._now()
        self._polled += min(now - self._last, _LONGEST_POLL)
        self._last = now
        if full:
            self._behind_since.clear()
        for place in found:
            self._behind_since.pop(place, None)

    def note_lag(self, lag: Mapping[TopicPartition, int], resting: Collection[TopicPartition]) -> None:
        """Note how far each partition is behind; `resting` are those paused. Raises ConsumerStalled."""
        behind = {place for place, ahead in lag.items() if ahead > 0 and place not in resting}
        self._behind_since = {place: self._behind_since.get(place, self._polled) for place in behind}
        if any(self._polled - since >= self._patience for since in self._behind_since.values()):
            raise ConsumerStalled("records lie ahead, and polls do not bring them")
