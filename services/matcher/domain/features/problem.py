"""From people to arrays: the last file that knows words. The kernel sees masks, tables, codes and numbers."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.assignment import TieBreak
from services.matcher.domain.eligibility import Rules
from services.matcher.domain.features.coded import ByBits, ByTable
from services.matcher.domain.features.ground import Ground
from services.matcher.domain.features.objective import bonuses, step_for
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.reading import Reading
from services.matcher.domain.features.scaled import most_points, shared_overlap
from services.matcher.domain.features.seats import Seats
from services.matcher.domain.scoring import Scores


@dataclass(frozen=True)
class Problem:
    """A round as the kernel takes it, and what is needed to read its answer back.

    The kernel's columns are seats (``seats.mentor_rows`` leads back to mentors). ``rules`` hold every condition, and
    ``scores.least`` the quality floor, so the kernel's first answer is the round's.
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
    ground = reading.ground
    rules = ground.masks.rules(reading.hard)
    return Problem(reading, ground.seats, rules, _scores(reading, ground), ground.tie_break)


def _scores(reading: Reading, ground: Ground) -> Scores:
    pool, pairs = reading.pool, reading.pairs
    places, kept = int(ground.seats.places.sum()), sum(int(np.count_nonzero(one.mentee_codes)) for one in ground.held)
    counted = [
        (coded, share[ground.kind_codes])
        for share, coded in zip(pairs.share_of_kind.T, ground.by_seat.values(), strict=True)
        if share.any()
    ]
    step = step_for(kept, sum(most_points(coded, share) for coded, share in counted) + 1)
    by_table = [(coded, share * step) for coded, share in counted if isinstance(coded, ByTable)]
    tables = [one for one, _ in by_table] + list(ground.held)
    count, columns = len(pool.mentees), len(ground.seats.mentor_rows)
    shares = [share for _, share in by_table] + [np.ones(count, np.int64) for _ in ground.held]
    return Scores(
        tables=tuple(one.table for one in tables),
        mentee_codes=np.array([one.mentee_codes for one in tables], dtype=np.int32).reshape(len(tables), count),
        mentor_codes=np.array([one.mentor_codes for one in tables], dtype=np.int32).reshape(len(tables), columns),
        overlaps=tuple(shared_overlap(coded, share * step) for coded, share in counted if isinstance(coded, ByBits)),
        mentee_bonus=bonuses(ground.waits.priorities(pool.weights), pool.weights.coverage, places, step, kept),
        mentor_bonus=np.zeros(columns, dtype=np.int64),
        mentee_share=np.array(shares, dtype=np.int32).reshape(len(tables), count),
        least=step * reading.least_fit if reading.least_fit else None,
    )
