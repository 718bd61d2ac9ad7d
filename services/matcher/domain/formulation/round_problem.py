"""The arrays of a round. The solver sees masks, tables, codes and numbers, and no names."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.criteria.encoding import ByBits, ByTable
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.score_scaling import most_points, shared_overlap
from services.matcher.domain.formulation.encoded_pool import EncodedPool
from services.matcher.domain.formulation.objective import bonuses, step_for
from services.matcher.domain.formulation.unsent_proposals import unsent_proposals
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses
from services.matcher.solver.assignment import TieBreak
from services.matcher.solver.eligibility import BitRules
from services.matcher.solver.scoring import ScoreModel


@dataclass(frozen=True)
class RoundProblem:
    """The input of the solver for a round, and what is needed to map its answer back to people.

    The solver's columns are capacity classes (``seats.mentor_rows`` gives their mentors). ``rules`` contains every
    hard rule and ``scores.least`` the quality floor, so one solve gives the answer of the round.
    """

    weighted_pool: WeightedPool
    seats: CapacityClasses
    rules: BitRules
    scores: ScoreModel
    tie_break: TieBreak
    step: int  # the value of one unit of fit (see ``objective``)

    @property
    def pool(self) -> Pool:
        """Return the people behind the rows."""
        return self.weighted_pool.pool


def round_problem(weighted_pool: WeightedPool) -> RoundProblem:
    """Return the solver's input for a weighted pool."""
    encoded_pool = weighted_pool.encoded_pool
    rules = encoded_pool.masks.rules(weighted_pool.hard)
    scores, step = _scores(weighted_pool, encoded_pool)
    return RoundProblem(weighted_pool, encoded_pool.seats, rules, scores, encoded_pool.tie_break, step)


def _scores(weighted_pool: WeightedPool, encoded_pool: EncodedPool) -> tuple[ScoreModel, int]:
    pool, pairs = weighted_pool.pool, weighted_pool.pairs
    places, kept = int(encoded_pool.seats.places.sum()), unsent_proposals(encoded_pool.held)
    counted = [
        (coded, share[encoded_pool.kind_codes])
        for share, coded in zip(pairs.share_of_kind.T, encoded_pool.by_column.values(), strict=True)
        if share.any()
    ]
    step = step_for(kept, sum(most_points(coded, share) for coded, share in counted) + 1)
    by_table = [(coded, share * step) for coded, share in counted if isinstance(coded, ByTable)]
    tables = [coded for coded, _ in by_table] + list(encoded_pool.held)
    count, columns = len(pool.mentees), len(encoded_pool.seats.mentor_rows)
    shares = [share for _, share in by_table] + [np.ones(count, np.int64) for _ in encoded_pool.held]
    scores = ScoreModel(
        tables=tuple(coded.table for coded in tables),
        mentee_codes=np.array([coded.mentee_codes for coded in tables], dtype=np.int32).reshape(len(tables), count),
        mentor_codes=np.array([coded.mentor_codes for coded in tables], dtype=np.int32).reshape(len(tables), columns),
        overlaps=tuple(shared_overlap(coded, share * step) for coded, share in counted if isinstance(coded, ByBits)),
        mentee_bonus=bonuses(encoded_pool.waits.priorities(pool.weights), pool.weights.coverage, places, step, kept),
        mentor_bonus=np.zeros(columns, dtype=np.int64),
        mentee_share=np.array(shares, dtype=np.int32).reshape(len(tables), count),
        least=step * weighted_pool.least_fit if weighted_pool.least_fit else None,
    )
    return scores, step
