"""A member of a consumer group of the embedded broker: shares the group's partitions with the other members.

A member locks a file of its own; the kernel releases the lock the moment the process dies, however it dies, so the
others notice without a time-out. A live member that has not polled for ``silence_s`` is removed too.

A partition moves in two steps: it is assigned to the new member, which takes it once the old member has released it at
its next poll (or is dead). So two live members never read a partition at the same time.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from services.chassis.broker.embedded.partition_assignment import assign
from services.chassis.broker.embedded.store import writing
from services.chassis.broker.protocol import TopicPartition
from services.chassis.core.clock import monotonic

REFRESH_EVERY_S = 0.3
RECORD_POLL_EVERY_S = 20.0


class GroupMember:
    """Our membership in ``group``. ``owned`` maps each partition we read to the offset at which reading starts."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, group: str, topics: Sequence[str], silence_s: float
    ) -> None:
        self.owned: dict[TopicPartition, int] = {}
        self._connection = connection
        self._locks = path.with_name(f"{path.name}.members")
        self._group = group
        self._topics = sorted(set(topics))
        self._silence_s = silence_s
        self._id = ""
        self._lock: IO[bytes] | None = None
        self._generation = -1
        self._refreshed_at = 0.0
        self._recorded_at = 0.0
        self._join()

    def refresh(self, look: bool) -> bool:
        """Renew the membership and return whether ``owned`` changed. ``look``: other members may have made changes."""
        now = monotonic()
        if not look and now - self._refreshed_at < REFRESH_EVERY_S:
            return False
        self._refreshed_at = now
        if now - self._recorded_at > RECORD_POLL_EVERY_S:
            self._record_poll()
        self._remove_dead_members()
        return self._follow_generation()

    def commit(self, offsets: dict[TopicPartition, int]) -> bool:
        """Commit offsets of partitions that we own; return whether we own all of them."""
        committed = 0
        with writing(self._connection) as log:
            for place, offset in offsets.items():
                row = log.execute(
                    "SELECT held_by FROM assignments WHERE grp = ? AND topic = ? AND partition = ?",
                    (self._group, place.topic, place.partition),
                ).fetchone()
                if row is not None and row[0] == self._id:
                    log.execute(
                        "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?, ?)",
                        (self._group, place.topic, place.partition, offset),
                    )
                    committed += 1
        return committed == len(offsets)

    def leave(self) -> None:
        """Release all partitions at once."""
        self.owned = {}
        try:
            with writing(self._connection) as log:
                _remove(log, self._group, [self._id])
        finally:
            self._unlock()

    def _join(self) -> None:
        self._unlock()
        self._id = uuid.uuid4().hex
        self._locks.mkdir(parents=True, exist_ok=True)
        self._lock = (self._locks / self._id).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._generation = -1
        self._recorded_at = monotonic()
        with writing(self._connection) as log:
            log.execute("INSERT OR IGNORE INTO groups VALUES (?, 0)", (self._group,))
            log.execute(
                "INSERT INTO members VALUES (?, ?, ?, ?)",
                (self._id, self._group, json.dumps(self._topics), self._recorded_at),
            )
            reassign_partitions(log, self._group)

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()
            (self._locks / self._id).unlink(missing_ok=True)

    def _record_poll(self) -> None:
        self._recorded_at = monotonic()
        with writing(self._connection) as log:
            log.execute("UPDATE members SET polled_at = ? WHERE id = ?", (self._recorded_at, self._id))

    def _remove_dead_members(self) -> None:
        others = self._connection.execute(
            "SELECT id, polled_at FROM members WHERE grp = ? AND id <> ?", (self._group, self._id)
        ).fetchall()
        dead = [other for other, polled_at in others if self._is_dead(other, polled_at)]
        if dead:
            with writing(self._connection) as log:
                _remove(log, self._group, dead)
            for other in dead:
                (self._locks / other).unlink(missing_ok=True)

    def _is_dead(self, other: str, polled_at: float) -> bool:
        """Return whether the member's lock is free, or it has not polled for too long."""
        if monotonic() - polled_at > self._silence_s + RECORD_POLL_EVERY_S:
            return True
        try:
            with (self._locks / other).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except FileNotFoundError:
            return True
        return True

    def _follow_generation(self) -> bool:
        """When the group has changed, take the partitions assigned to us and release the others."""
        row = self._connection.execute(
            "SELECT generation, EXISTS (SELECT 1 FROM members WHERE id = ?) FROM groups WHERE name = ?",
            (self._id, self._group),
        ).fetchone()
        if row is None or not row[1]:
            self._join()
        elif row[0] == self._generation:
            return False
        before = set(self.owned)
        with writing(self._connection) as log:
            released = log.execute(
                "UPDATE assignments SET held_by = NULL WHERE grp = ? AND held_by = ? AND member <> ?",
                (self._group, self._id, self._id),
            ).rowcount
            if released:
                _start_generation(log, self._group)
            log.execute(
                "UPDATE assignments SET held_by = ? WHERE grp = ? AND member = ? AND held_by IS NULL",
                (self._id, self._group, self._id),
            )
            self._generation = log.execute("SELECT generation FROM groups WHERE name = ?", (self._group,)).fetchone()[0]
            self.owned = {place: self.owned.get(place, start) for place, start in self._read_owned(log)}
        return before != set(self.owned)

    def _read_owned(self, log: sqlite3.Connection) -> list[tuple[TopicPartition, int]]:
        """Return our partitions with their start: the committed offset, or 0 if there is none or it is past the end."""
        rows = log.execute(
            """SELECT a.topic, a.partition,
                      CASE WHEN o.next_offset <= p.next_offset THEN o.next_offset ELSE 0 END
               FROM assignments a
               JOIN partitions p ON p.topic = a.topic AND p.partition = a.partition
               LEFT JOIN offsets o ON o.grp = a.grp AND o.topic = a.topic AND o.partition = a.partition
               WHERE a.grp = ? AND a.held_by = ?""",
            (self._group, self._id),
        )
        return [(TopicPartition(topic, partition), start) for topic, partition, start in rows]


def reassign_partitions(log: sqlite3.Connection, group: str) -> None:
    """Assign a group's partitions to its current members and start a new generation. Inside a transaction."""
    members = log.execute("SELECT id, topics FROM members WHERE grp = ?", (group,)).fetchall()
    subscriptions = {member: frozenset(json.loads(topics)) for member, topics in members}
    partitions = [TopicPartition(*row) for row in log.execute("SELECT topic, partition FROM partitions")]
    rows = log.execute("SELECT topic, partition, member FROM assignments WHERE grp = ?", (group,))
    current = {TopicPartition(topic, partition): member for topic, partition, member in rows}
    wanted = assign(partitions, subscriptions, current)
    for place in current.keys() - wanted.keys():
        log.execute("DELETE FROM assignments WHERE grp = ? AND topic = ? AND partition = ?", (group, *_row(place)))
    for place, member in wanted.items():
        log.execute(
            """INSERT INTO assignments VALUES (?, ?, ?, ?, NULL)
               ON CONFLICT (grp, topic, partition) DO UPDATE SET member = excluded.member""",
            (group, *_row(place), member),
        )
    _start_generation(log, group)


def _remove(log: sqlite3.Connection, group: str, members: Sequence[str]) -> None:
    for member in members:
        log.execute("DELETE FROM members WHERE id = ?", (member,))
        log.execute("UPDATE assignments SET held_by = NULL WHERE grp = ? AND held_by = ?", (group, member))
    reassign_partitions(log, group)


def _start_generation(log: sqlite3.Connection, group: str) -> None:
    log.execute("UPDATE groups SET generation = generation + 1 WHERE name = ?", (group,))


def _row(place: TopicPartition) -> tuple[str, int]:
    return place.topic, place.partition
