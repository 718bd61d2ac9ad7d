"""One member of a group of the embedded broker: alive as long as its process, sharing partitions with the others.

A member holds a lock on a file of its own; the kernel lets go of it the moment the process dies, however it dies, so
the others need no time-out to know. Who is alive and has not polled for `silence_s` is sent away too.

A partition changes hands in two steps: it is promised to the new member, and taken by it when the old one has let go
at its next poll (or is dead). So two living members never read one partition at the same time.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from services.chassis.broker.embedded.partition_assignment import share
from services.chassis.broker.embedded.store import writing
from services.chassis.broker.protocol import TopicPartition
from services.chassis.core.clock import monotonic

LOOK_EVERY_S = 0.3
SIGN_OF_LIFE_EVERY_S = 20.0


class GroupMember:
    """Our membership in `group`. `held` maps each partition we read to the offset it is to be read from at first."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, group: str, topics: Sequence[str], silence_s: float
    ) -> None:
        self.held: dict[TopicPartition, int] = {}
        self._connection = connection
        self._locks = path.with_name(f"{path.name}.members")
        self._group = group
        self._topics = sorted(set(topics))
        self._silence_s = silence_s
        self._id = ""
        self._lock: IO[bytes] | None = None
        self._generation = -1
        self._looked_at = 0.0
        self._signed_at = 0.0
        self._join()

    def refresh(self, look: bool) -> bool:
        """Do a member's duties; True when what it holds has changed. `look`: others may have changed something."""
        now = monotonic()
        if not look and now - self._looked_at < LOOK_EVERY_S:
            return False
        self._looked_at = now
        if now - self._signed_at > SIGN_OF_LIFE_EVERY_S:
            self._sign()
        self._send_the_dead_away()
        return self._settle()

    def commit(self, offsets: dict[TopicPartition, int]) -> bool:
        """Keep offsets of partitions that are ours; True when all were."""
        kept = 0
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
                    kept += 1
        return kept == len(offsets)

    def leave(self) -> None:
        """Give everything up at once."""
        self.held = {}
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
        self._signed_at = monotonic()
        with writing(self._connection) as log:
            log.execute("INSERT OR IGNORE INTO groups VALUES (?, 0)", (self._group,))
            log.execute(
                "INSERT INTO members VALUES (?, ?, ?, ?)",
                (self._id, self._group, json.dumps(self._topics), self._signed_at),
            )
            share_anew(log, self._group)

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()
            (self._locks / self._id).unlink(missing_ok=True)

    def _sign(self) -> None:
        self._signed_at = monotonic()
        with writing(self._connection) as log:
            log.execute("UPDATE members SET polled_at = ? WHERE id = ?", (self._signed_at, self._id))

    def _send_the_dead_away(self) -> None:
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
        """Tell whether nobody holds the other's lock any more, or it has been silent for too long."""
        if monotonic() - polled_at > self._silence_s + SIGN_OF_LIFE_EVERY_S:
            return True
        try:
            with (self._locks / other).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except FileNotFoundError:
            return True
        return True

    def _settle(self) -> bool:
        """Take what is ours, let go of what is not, when the group has changed."""
        row = self._connection.execute(
            "SELECT generation, EXISTS (SELECT 1 FROM members WHERE id = ?) FROM groups WHERE name = ?",
            (self._id, self._group),
        ).fetchone()
        if row is None or not row[1]:
            self._join()
        elif row[0] == self._generation:
            return False
        before = set(self.held)
        with writing(self._connection) as log:
            let_go = log.execute(
                "UPDATE assignments SET held_by = NULL WHERE grp = ? AND held_by = ? AND member <> ?",
                (self._group, self._id, self._id),
            ).rowcount
            if let_go:
                _bump(log, self._group)
            log.execute(
                "UPDATE assignments SET held_by = ? WHERE grp = ? AND member = ? AND held_by IS NULL",
                (self._id, self._group, self._id),
            )
            self._generation = log.execute("SELECT generation FROM groups WHERE name = ?", (self._group,)).fetchone()[0]
            self.held = {place: self.held.get(place, start) for place, start in self._taken(log)}
        return before != set(self.held)

    def _taken(self, log: sqlite3.Connection) -> list[tuple[TopicPartition, int]]:
        """Return what we hold with where to begin: the committed offset, or 0 if there is none or it lies ahead."""
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


def share_anew(log: sqlite3.Connection, group: str) -> None:
    """Share a group's partitions among its members as they are now, and let them know. Inside a transaction."""
    members = log.execute("SELECT id, topics FROM members WHERE grp = ?", (group,)).fetchall()
    subscriptions = {member: frozenset(json.loads(topics)) for member, topics in members}
    partitions = [TopicPartition(*row) for row in log.execute("SELECT topic, partition FROM partitions")]
    rows = log.execute("SELECT topic, partition, member FROM assignments WHERE grp = ?", (group,))
    current = {TopicPartition(topic, partition): member for topic, partition, member in rows}
    wanted = share(partitions, subscriptions, current)
    for place in current.keys() - wanted.keys():
        log.execute("DELETE FROM assignments WHERE grp = ? AND topic = ? AND partition = ?", (group, *_row(place)))
    for place, member in wanted.items():
        log.execute(
            """INSERT INTO assignments VALUES (?, ?, ?, ?, NULL)
               ON CONFLICT (grp, topic, partition) DO UPDATE SET member = excluded.member""",
            (group, *_row(place), member),
        )
    _bump(log, group)


def _remove(log: sqlite3.Connection, group: str, members: Sequence[str]) -> None:
    for member in members:
        log.execute("DELETE FROM members WHERE id = ?", (member,))
        log.execute("UPDATE assignments SET held_by = NULL WHERE grp = ? AND held_by = ?", (group, member))
    share_anew(log, group)


def _bump(log: sqlite3.Connection, group: str) -> None:
    log.execute("UPDATE groups SET generation = generation + 1 WHERE name = ?", (group,))


def _row(place: TopicPartition) -> tuple[str, int]:
    return place.topic, place.partition
