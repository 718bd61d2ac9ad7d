"""From people to arrays: the last file that knows words. The kernel sees masks, tables, codes and numbers."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.criteria.encoding import ByBits, ByTable
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.score_scaling import most_points, shared_overlap
from services.matcher.domain.formulation.encoded_pool import EncodedPool
from services.matcher.domain.formulation.objective import bonuses, step_for
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses
from services.matcher.solver.assignment import TieBreak
from services.matcher.solver.eligibility import BitRules
from services.matcher.solver.scoring import ScoreModel


@dataclass(frozen=True)
class RoundProblem:
    """A round as the kernel takes it, and what is needed to read its answer back.

    The kernel's columns are seats (``seats.mentor_rows`` leads back to mentors). ``rules`` hold every condition, and
    ``scores.least`` the quality floor, so the kernel's first answer is the round's.
    """

    weighted_pool: WeightedPool
    seats: CapacityClasses
    rules: BitRules
    scores: ScoreModel
    tie_break: TieBreak

    @property
    def pool(self) -> Pool:
        """The people behind the rows."""
        return self.weighted_pool.pool


def round_problem(weighted_pool: WeightedPool) -> RoundProblem:
    """Lay out a pool, as read, for the kernel."""
    encoded_pool = weighted_pool.encoded_pool
    rules = encoded_pool.masks.rules(weighted_pool.hard)
    return RoundProblem(
        weighted_pool, encoded_pool.seats, rules, _scores(weighted_pool, encoded_pool), encoded_pool.tie_break
    )


def _scores(weighted_pool: WeightedPool, encoded_pool: EncodedPool) -> ScoreModel:
    pool, pairs = weighted_pool.pool, weighted_pool.pairs
    places, kept = (
        int(encoded_pool.seats.places.sum()),
        sum(int(np.count_nonzero(one.mentee_codes)) for one in encoded_pool.held),
    )
    counted = [
        (coded, share[encoded_pool.kind_codes])
        for share, coded in zip(pairs.share_of_kind.T, encoded_pool.by_seat.values(), strict=True)
        if share.any()
    ]
    step = step_for(kept, sum(most_points(coded, share) for coded, share in counted) + 1)
    by_table = [(coded, share * step) for coded, share in counted if isinstance(coded, ByTable)]
    tables = [one for one, _ in by_table] + list(encoded_pool.held)
    count, columns = len(pool.mentees), len(encoded_pool.seats.mentor_rows)
    shares = [share for _, share in by_table] + [np.ones(count, np.int64) for _ in encoded_pool.held]
    return ScoreModel(
        tables=tuple(one.table for one in tables),
        mentee_codes=np.array([one.mentee_codes for one in tables], dtype=np.int32).reshape(len(tables), count),
        mentor_codes=np.array([one.mentor_codes for one in tables], dtype=np.int32).reshape(len(tables), columns),
        overlaps=tuple(shared_overlap(coded, share * step) for coded, share in counted if isinstance(coded, ByBits)),
        mentee_bonus=bonuses(encoded_pool.waits.priorities(pool.weights), pool.weights.coverage, places, step, kept),
        mentor_bonus=np.zeros(columns, dtype=np.int64),
        mentee_share=np.array(shares, dtype=np.int32).reshape(len(tables), count),
        least=step * weighted_pool.least_fit if weighted_pool.least_fit else None,
    )
