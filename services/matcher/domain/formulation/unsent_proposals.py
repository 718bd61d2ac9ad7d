"""Proposals that were made but not yet sent: one point of value for each that the next round makes again."""

import numpy as np

from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses

_MENTORS_PER_TABLE = 512


def unsent_tables(pool: Pool, classes: CapacityClasses) -> tuple[ByTable, ...]:
    """Return tables with a one for each unsent proposal; usually none, since proposals are sent at once."""
    holding = {mentee.held for mentee in pool.mentees if mentee.held is not None}
    if not holding:
        return ()
    row_of = {mentor.id: row for row, mentor in enumerate(pool.mentors) if mentor.id in holding}
    wanted = [row_of.get(mentee.held or "", -1) for mentee in pool.mentees]
    mentors = sorted(row_of.values(), key=lambda row: pool.mentors[row].id)
    return tuple(
        _table(mentors[start : start + _MENTORS_PER_TABLE], wanted, classes)
        for start in range(0, len(mentors), _MENTORS_PER_TABLE)
    )


def _table(mentors: list[int], wanted: list[int], classes: CapacityClasses) -> ByTable:
    code = {row: place for place, row in enumerate(mentors, start=1)}
    table = np.eye(len(code) + 1, dtype=np.int32)
    table[0, 0] = 0
    return ByTable(
        table,
        np.array([code.get(row, 0) for row in wanted], dtype=np.int32),
        np.array([code.get(int(row), 0) for row in classes.mentor_rows], dtype=np.int32),
    )
