"""Store places in tables: a conditional UPDATE takes them, so two transactions never take the same one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from services.chassis.storage.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.adapters.pool_store import PoolStore

_M = t.mentors.c


class PlacesStore:
    """See ``ports.Places``."""

    def __init__(self, tx: Transaction, pool: PoolStore) -> None:
        self._now = tx.now
        self._connection = tx.connection
        self._pool = pool

    def take(self, wanted: Mapping[str, int]) -> Mapping[str, int]:
        """Take up to ``wanted`` places of each mentor who may be asked; return how many were taken, per mentor.

        One conditional UPDATE per number, from the largest down; a mentor with too few free is tried with one fewer.
        """
        taken: dict[str, int] = {}
        for number in range(max(wanted.values(), default=0), 0, -1):
            mentor_ids = [mentor for mentor, most in wanted.items() if most >= number and mentor not in taken]
            taken |= dict.fromkeys(self._take(mentor_ids, number), number)
        return taken

    def _take(self, mentor_ids: Sequence[str], number: int) -> Sequence[str]:
        rested = _M.resting_until.is_(None) | (_M.resting_until <= self._now)
        trained = _M.trained_until.is_(None) | (_M.trained_until >= self._now.date())
        free = t.mentors.update().where(
            _M.person_id.in_(mentor_ids), _M.askable, rested, trained, _M.taken + number <= _M.capacity
        )
        return self._connection.scalars(free.values(taken=_M.taken + number).returning(_M.person_id)).all()

    def free(self, mentor_id: str) -> None:
        """Give a place back; the ceiling falls with it, down to the capacity."""
        fewer = _M.taken - 1
        ceiling = sa.case((fewer > _M.capacity, fewer), else_=_M.capacity)
        self._connection.execute(
            t.mentors.update().where(_M.person_id == mentor_id).values(taken=fewer, ceiling=ceiling)
        )

    def of(self, mentor_id: str) -> tuple[int, int]:
        """Return a mentor's (taken, capacity)."""
        row = self._connection.execute(sa.select(_M.taken, _M.capacity).where(_M.person_id == mentor_id)).one()
        return row.taken, row.capacity

    def count_lapse(self, mentor_id: str) -> int:
        """Count one more unanswered offer; return how many there are in a row."""
        more = t.mentors.update().where(_M.person_id == mentor_id).values(lapses=_M.lapses + 1).returning(_M.lapses)
        return self._connection.scalar(more) or 0

    def rest(self, mentor_id: str, until: datetime | None) -> None:
        """Let a mentor rest until a moment; None ends the rest. Both reset the count of lapses."""
        self._connection.execute(
            t.mentors.update().where(_M.person_id == mentor_id).values(resting_until=until, lapses=0)
        )

    def wake(self) -> Sequence[str]:
        """End breaks and rests that are over; return the programmes concerned."""
        programmes = set()
        over = sa.select(t.people.c.person_id).where(
            t.people.c.standing == "paused", t.people.c.paused_until <= self._now
        )
        for person_id in self._connection.scalars(over).all():
            member = self._pool.member(person_id, lock=True)
            if member is not None and member.standing == "paused":
                self._pool.keep(replace(member, standing="here", paused_until=None))
                programmes.add(member.programme_id)
        rested = t.mentors.update().where(_M.resting_until <= self._now).values(resting_until=None)
        programmes.update(self._connection.scalars(rested.returning(_M.programme_id)))
        return sorted(programmes)
