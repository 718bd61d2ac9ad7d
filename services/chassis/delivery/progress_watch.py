"""Detects a stalled consumer: records lie ahead of it, but polls do not return them.

A client library may lose a partition without an error (docs/decisions/0029-a-consumer-never-stands-still.md). The
symptoms are always the same: the lag stays above zero, the partition is not paused, and polls return nothing of it. The
remedy is a new consumer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from services.chassis.broker.protocol import BrokerError, Record, TopicPartition
from services.chassis.core.clock import monotonic

_LONGEST_POLL = 1.0


class ConsumerStalled(BrokerError):
    """The consumer returns no records although some lie ahead: close it and create another."""


class ProgressWatch:
    """Counts the seconds of polling since a partition with records ahead returned one.

    After ``patience`` seconds the consumer has stalled. Only time spent polling counts, at most a second per poll: a
    slow handler or a suspended process is no stall. A full poll proves nothing about the partitions it left out, since
    the others used up the limit: their count starts again.
    """

    def __init__(self, *, patience: float = 30.0, now: Callable[[], float] = monotonic) -> None:
        self._patience = patience
        self._now = now
        self._polled = 0.0
        self._last = now()
        self._behind_since: dict[TopicPartition, float] = {}

    def note_poll(self, polled: Mapping[TopicPartition, Sequence[Record]], *, full: bool) -> None:
        """Record the result of a poll; ``full`` if it returned as many records as requested."""
        now = self._now()
        self._polled += min(now - self._last, _LONGEST_POLL)
        self._last = now
        if full:
            self._behind_since.clear()
        for place in polled:
            self._behind_since.pop(place, None)

    def note_lag(self, lag: Mapping[TopicPartition, int], paused: Collection[TopicPartition]) -> None:
        """Record the lag of each partition; ``resting`` are the paused partitions. Raises ConsumerStalled."""
        behind = {place for place, ahead in lag.items() if ahead > 0 and place not in paused}
        self._behind_since = {place: self._behind_since.get(place, self._polled) for place in behind}
        if any(self._polled - since >= self._patience for since in self._behind_since.values()):
            raise ConsumerStalled("records lie ahead, and polls do not bring them")
