"""From people to arrays: the last file that knows words. The kernel sees masks, tables, codes and numbers."""

from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.assignment import TieBreak
from services.matcher.domain.eligibility import Rules
from services.matcher.domain.features.coded import ByTable
from services.matcher.domain.features.ground import Ground
from services.matcher.domain.features.objective import bonuses, step_for
from services.matcher.domain.features.pair_points import PairPoints
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.priority import priority
from services.matcher.domain.features.reading import Reading
from services.matcher.domain.features.rules import RuleBook
from services.matcher.domain.features.scaled import Scaled, scale
from services.matcher.domain.features.seats import Seats
from services.matcher.domain.scoring import Overlap, Scores

_HELD_PER_TABLE = 512


@dataclass(frozen=True)
class Problem:
    """A round as the kernel takes it, and what is needed to read its answer back.

    The kernel's columns are seats (``seats.mentor_rows`` leads back to mentors). ``rules`` may let pairs through that
    only ``reading.allowed`` refuses: the round excludes those and solves again until none is chosen, which is exact,
    since each solve is over a superset of the allowed pairs.
    """

    reading: Reading
    seats: Seats
    rules: Rules
    scores: Scores
    tie_break: TieBreak

    @property
    def pool(self) -> Pool:
        """The people behind the rows."""
        return self.reading.pool


def build(reading: Reading) -> Problem:
    """Lay out a pool, as read, for the kernel."""
    pool = reading.pool
    ground = reading.ground
    rules = _rules(reading.book, ground.seats)
    return Problem(reading, ground.seats, rules, _scores(pool, reading.pairs, ground), ground.tie_break)


def _rules(book: RuleBook, seats: Seats) -> Rules:
    at = seats.mentor_rows
    shapes = book.any_rules["request_shape"].mentee_mask
    named = [rule for name, rule in book.any_rules.items() if name != "request_shape"]
    columns_of: dict[int, list[int]] = {}
    for column, row in enumerate(at):
        columns_of.setdefault(int(row), []).append(column)
    excluded = [
        (i, column) for i, rows in book.excluded.items() for j in sorted(rows) for column in columns_of.get(j, ())
    ]
    return Rules(
        any_mentee=np.array([shapes, *(rule.mentee_mask for rule in named)], dtype=np.uint64),
        any_mentor=np.array([seats.masks, *(rule.mentor_mask[at] for rule in named)], dtype=np.uint64),
        all_mentee=np.array([word.mentee_mask for word in book.all_rules], dtype=np.uint64),
        all_mentor=np.array([word.mentor_mask[at] for word in book.all_rules], dtype=np.uint64),
        excluded=np.array(excluded, dtype=np.int64).reshape(-1, 2),
    )


def _scores(pool: Pool, pairs: PairPoints, ground: Ground) -> Scores:
    seats = ground.seats
    tables: list[Scaled] = []
    overlaps: list[Overlap] = []
    for share, coded in zip(pairs.shares, ground.by_seat.values(), strict=True):
        if not share.any():
            continue
        if isinstance(coded, ByTable):
            table, rows = scale(coded.table, coded.mentee_codes, share)
            tables.append(Scaled(table, rows, coded.mentor_codes))
        else:
            curve, rows = scale(coded.curve, coded.mentee_row, share)
            overlaps.append(Overlap(coded.mentee_bits, coded.mentor_bits, curve, rows.astype(np.int64)))
    held = _held(pool, seats)
    kept = sum(int(np.count_nonzero(one.mentee_codes)) for one in held)
    largest = sum(int(table.max(initial=0)) for table in [*(t.table for t in tables), *(o.table for o in overlaps)])
    step = step_for(kept, largest + 1)
    tables = [replace(one, table=one.table * np.int32(step)) for one in tables] + held
    count, columns = len(pool.mentees), len(seats.mentor_rows)
    priorities = [priority(mentee, pool.weights, pool.at) for mentee in pool.mentees]
    return Scores(
        tables=tuple(one.table for one in tables),
        mentee_codes=np.array([one.mentee_codes for one in tables], dtype=np.int32).reshape(len(tables), count),
        mentor_codes=np.array([one.mentor_codes for one in tables], dtype=np.int32).reshape(len(tables), columns),
        overlaps=tuple(replace(one, table=one.table * np.int32(step)) for one in overlaps),
        mentee_bonus=bonuses(priorities, pool.weights.coverage, int(seats.places.sum()), step, kept),
        mentor_bonus=np.zeros(columns, dtype=np.int64),
    )


def _held(pool: Pool, seats: Seats) -> list[Scaled]:
    """One point for a proposal that is kept: tables with ones where mentee and mentor were held together."""
    row_of = {mentor.id: row for row, mentor in enumerate(pool.mentors)}
    wanted = [row_of.get(mentee.held or "", -1) for mentee in pool.mentees]
    mentors = sorted({row for row in wanted if row >= 0}, key=lambda row: pool.mentors[row].id)
    tables = []
    for start in range(0, len(mentors), _HELD_PER_TABLE):
        code = {row: place for place, row in enumerate(mentors[start : start + _HELD_PER_TABLE], start=1)}
        table = np.eye(len(code) + 1, dtype=np.int32)
        table[0, 0] = 0
        tables.append(
            Scaled(
                table,
                np.array([code.get(row, 0) for row in wanted], dtype=np.int32),
                np.array([code.get(int(row), 0) for row in seats.mentor_rows], dtype=np.int32),
            )
        )
    return tables
