"""The consumer of the embedded broker: reads the partitions that its group membership owns."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from services.chassis.broker.embedded.group_member import GroupMember
from services.chassis.broker.embedded.retention import Sweeper
from services.chassis.broker.embedded.store import connect, data_version, reading, writing
from services.chassis.broker.protocol import BrokerError, BrokerUnavailable, Record, TopicPartition
from services.chassis.core.clock import Clock, monotonic

_FIRST_NAP_S = 0.002
_LONGEST_NAP_S = 0.05


class LogConsumer:
    """See ``protocol.Consumer``. ``silence_s`` is how long a live member may go without polling."""

    def __init__(self, path: Path, group: str, topics: Sequence[str], clock: Clock, silence_s: float) -> None:
        self._closed = False
        self._connection = connect(path)
        self._member = GroupMember(self._connection, path, group, topics, silence_s)
        self._sweeper = Sweeper(clock)
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self._version = -1
        self._must_read = True

    def poll(self, timeout_s: float, max_records: int = 100) -> Mapping[TopicPartition, Sequence[Record]]:
        """Wait at most ``timeout_s`` for records; see ``protocol.Consumer``."""
        if self._closed:
            raise BrokerError("the consumer is closed")
        deadline = monotonic() + timeout_s
        pause = _FIRST_NAP_S
        while True:
            with reading():
                polled = self._poll_once(max_records)
            remaining = deadline - monotonic()
            if polled or remaining <= 0:
                return polled
            time.sleep(min(pause, remaining))
            pause = min(pause * 1.5, _LONGEST_NAP_S)

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit the next offsets to read; return False, without raising, when that failed."""
        if self._closed:
            return False
        try:
            return self._member.commit(dict(offsets))
        except BrokerUnavailable:
            return False

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Continue reading at ``offset``, if the partition is assigned."""
        if partition in self._positions:
            self._positions[partition] = offset
            self._must_read = True

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Return no records of these partitions from polls."""
        self._paused |= set(partitions) & self._positions.keys()

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """End a pause."""
        self._must_read |= bool(self._paused & set(partitions))
        self._paused -= set(partitions)

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions assigned as of the last poll."""
        return frozenset(self._positions)

    def lag(self) -> Mapping[TopicPartition, int]:
        """Return the number of records ahead of the reading position."""
        with reading():
            rows = self._connection.execute("SELECT topic, partition, next_offset FROM partitions").fetchall()
        ends = {TopicPartition(topic, partition): end for topic, partition, end in rows}
        return {place: max(0, ends.get(place, 0) - position) for place, position in self._positions.items()}

    def close(self) -> None:
        """Leave the group without a commit."""
        if self._closed:
            return
        self._closed = True
        self._positions = {}
        with contextlib.suppress(BrokerUnavailable):
            self._member.leave()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _poll_once(self, max_records: int) -> dict[TopicPartition, tuple[Record, ...]]:
        """Refresh the membership, and read if there may be new records."""
        if self._sweeper.due():
            with writing(self._connection) as log:
                self._sweeper.sweep(log)
        version = data_version(self._connection)
        changed, self._version = version != self._version, version
        if self._member.refresh(look=changed):
            self._follow_assignment()
        if not (changed or self._must_read):
            return {}
        polled: dict[TopicPartition, tuple[Record, ...]] = {}
        # A partition that was just read goes to the end, so that a full one does not starve the others.
        for place, position in list(self._positions.items()):
            room = max_records - sum(map(len, polled.values()))
            if (
                room > 0
                and place not in self._paused
                and (records := read_records(self._connection, place, position, room))
            ):
                polled[place] = records
                del self._positions[place]
                self._positions[place] = records[-1].offset + 1
        self._must_read = bool(polled)
        return polled

    def _follow_assignment(self) -> None:
        """Follow a change of assignment: kept partitions continue, new partitions start at their committed offset."""
        owned = self._member.owned
        self._positions = {place: self._positions.get(place, start) for place, start in owned.items()}
        self._paused &= owned.keys()
        self._must_read = True


def read_records(
    connection: sqlite3.Connection, place: TopicPartition, position: int, limit: int
) -> tuple[Record, ...]:
    """Return at most ``limit`` records of a partition from offset ``position`` on, in order."""
    rows = connection.execute(
        """SELECT offset, key, value, headers, timestamp_ms FROM records
           WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?""",
        (place.topic, place.partition, position, limit),
    )
    return tuple(_record(place, row) for row in rows)


def _record(place: TopicPartition, row: sqlite3.Row | tuple[int, bytes, bytes, str, int]) -> Record:
    offset, key, value, headers, timestamp_ms = row
    pairs = tuple((name, bytes.fromhex(content)) for name, content in json.loads(headers))
    return Record(place.topic, place.partition, offset, key, value, pairs, timestamp_ms)
