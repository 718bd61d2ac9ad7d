"""From people to arrays: the last file that knows words. The kernel sees masks, tables, codes and numbers."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I32, I64, U64
from services.matcher.domain.assignment import TieBreak
from services.matcher.domain.eligibility import Rules
from services.matcher.domain.features.budget import WHOLE
from services.matcher.domain.features.coded import ByTable, for_mentors
from services.matcher.domain.features.collapse import Scaled, bits_as_table, collapse
from services.matcher.domain.features.objective import bonuses, step_for, tie_keys
from services.matcher.domain.features.pair_points import PairPoints
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.priority import priority
from services.matcher.domain.features.reading import Reading
from services.matcher.domain.features.rules import RuleBook
from services.matcher.domain.features.seats import Seats, cut_seats, shape_mask
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
    seats = cut_seats(pool.mentors)
    keys = TieBreak(tie_keys([one.id for one in pool.mentees]), _seat_keys(pool, seats))
    return Problem(reading, seats, _rules(pool, reading.book, seats), _scores(pool, reading.pairs, seats), keys)


def _seat_keys(pool: Pool, seats: Seats) -> U64:
    ids = [pool.mentors[row].id for row in seats.mentor_rows]
    return tie_keys([f"{name}/{mask}" for name, mask in zip(ids, seats.masks, strict=True)])


def _rules(pool: Pool, book: RuleBook, seats: Seats) -> Rules:
    at = seats.mentor_rows
    shapes = np.array([shape_mask(frozenset([one.facts.request_shape])) for one in pool.mentees], dtype=np.uint64)
    named = [rule for name, rule in book.any_rules.items() if name != "request_shape"]
    columns_of: dict[int, list[int]] = {}
    for column, row in enumerate(at):
        columns_of.setdefault(int(row), []).append(column)
    excluded = [(i, column) for i, j in sorted(book.excluded) for column in columns_of.get(j, ())]
    return Rules(
        any_mentee=np.array([shapes, *(rule.mentee_mask for rule in named)], dtype=np.uint64),
        any_mentor=np.array([seats.masks, *(rule.mentor_mask[at] for rule in named)], dtype=np.uint64),
        all_mentee=np.array([word.mentee_mask for word in book.all_rules], dtype=np.uint64),
        all_mentor=np.array([word.mentor_mask[at] for word in book.all_rules], dtype=np.uint64),
        excluded=np.array(excluded, dtype=np.int64).reshape(-1, 2),
    )


def _scores(pool: Pool, pairs: PairPoints, seats: Seats) -> Scores:
    tables: list[Scaled] = []
    overlaps: list[Overlap] = []
    for share, whole in zip(pairs.shares, pairs.coded.values(), strict=True):
        if not share.any():
            continue
        coded = for_mentors(whole, seats.mentor_rows)
        if not isinstance(coded, ByTable):
            small = bits_as_table(coded)
            if small is None:
                curve, rows = _scale(coded.curve, coded.mentee_row, share)
                overlaps.append(Overlap(coded.mentee_bits, coded.mentor_bits, curve, rows.astype(np.int64)))
                continue
            coded = ByTable(*small)
        table, rows = _scale(coded.table, coded.mentee_codes, share)
        tables.append(Scaled(table, rows, coded.mentor_codes))
    tables = collapse(tables)
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


def _scale(table: I32, codes: npt.NDArray[np.integer], share: I64) -> tuple[I32, I32]:
    """Multiply a table by the mentees' shares: one row for each (code, share) that occurs."""
    whole = WHOLE + 1
    both, rows = np.unique(codes.astype(np.int64) * whole + share, return_inverse=True)
    return (table[both // whole] * (both % whole)[:, np.newaxis]).astype(np.int32), rows.astype(np.int32)


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
