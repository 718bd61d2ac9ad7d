"""A pool under weights: which pairs the rules allow, how well each pair fits, and the solver's input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

import numpy as np

from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.criteria.encoding import EncodedCriterion
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.weight_shares import shares
from services.matcher.domain.formulation.encoded_pool import EncodedPool, encode_pool
from services.matcher.domain.formulation.score_model import score_model
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses
from services.matcher.domain.hard_rules.rule_book import FitAtLeast, Flags, RuleBook, hard_rule
from services.matcher.domain.hard_rules.solver_rules import solver_rules
from services.matcher.domain.weights import Mode, Weights
from services.matcher.solver.arrays import I64, AnyArray
from services.matcher.solver.assignment import TieBreak
from services.matcher.solver.eligibility import BitRules
from services.matcher.solver.scoring import ScoreModel


@dataclass(frozen=True)
class WeightedPool:
    """M mentees, N mentors and C criteria under the weights of ``pool``: the problem of a round.

    Pairs are given by rows of people. The solver's columns are the K capacity classes in ``seats``; its input is
    ``solver_rules``, ``scores``, ``seats.places`` and ``tie_break``. It contains every hard rule, and the quality floor
    as ``scores.least``, so one solve gives the answer of the round.
    """

    pool: Pool
    encoded_pool: EncodedPool
    shares: I64  # (C, M) thousandths of each mentee's whole, in the order of ``encoded_pool.coded``
    rules: RuleBook  # all hard rules in force, and the quality floor

    @property
    def seats(self) -> CapacityClasses:
        """Return the capacity classes, the columns of the solver."""
        return self.encoded_pool.seats

    @property
    def tie_break(self) -> TieBreak:
        """Return the fixed numbers (M and K) that decide between equal values."""
        return self.encoded_pool.tie_break

    @cached_property
    def solver_rules(self) -> BitRules:
        """Return the hard rules over mentees and capacity classes."""
        return solver_rules(self.rules, self.seats)

    @cached_property
    def scores(self) -> ScoreModel:
        """Return the values of pairs of mentees and capacity classes (see ``objective``)."""
        return score_model(self.encoded_pool, self.shares, self.pool.weights)

    def has_place(self, mentees: I64) -> Flags:
        """Return (A, N) which mentors have a free place for the request of each of these mentees (A,)."""
        open_to, shape_of = self.seats.open_to, self.pool.shape_of
        return np.array([open_to[shape_of[row]] for row in mentees.tolist()], dtype=np.bool_).reshape(len(mentees), -1)

    def points(self, mentee: AnyArray, mentor: AnyArray) -> dict[str, I64]:
        """Return the points, 0 to 100, per criterion, of pairs given by rows."""
        return {name: coded.points(mentee, mentor).astype(np.int64) for name, coded in self.encoded_pool.coded.items()}

    def fit(self, mentee: AnyArray, mentor: AnyArray) -> I64:
        """Return the weighted sum, 0 to 100,000, of pairs given by rows."""
        return _fit(self.encoded_pool.coded, self.shares, mentee, mentor)


def weigh_pool(
    pool: Pool, blocks: frozenset[Pair] = frozenset(), encoded_pool: EncodedPool | None = None
) -> WeightedPool:
    """Return a pool under its weights; ``encoded_pool`` may be reused for the same people, blocks and closeness."""
    encoded, weights = encoded_pool or encode_pool(pool, blocks), pool.weights
    share_of = np.ascontiguousarray(shares(weights, encoded.boosted).T)[:, encoded.kind_codes]
    hard = {name: hard_rule(coded) for name, coded in encoded.coded.items() if weights.setting(name).mode == Mode.HARD}
    least = weights.quality_floor * 1000
    floor = FitAtLeast(partial(_fit, encoded.coded, share_of), least) if least else None
    return WeightedPool(pool, encoded, share_of, encoded.standing.with_hard(hard, floor))


def weigh_pairs(
    pairs: Sequence[tuple[Mentee, Mentor]], at: datetime, weights: Weights, blocks: frozenset[Pair] = frozenset()
) -> tuple[WeightedPool, I64, I64]:
    """Return a pool of the people of some pairs, each person once, and the rows of the pairs: mentees, mentors."""
    mentees = {mentee.id: mentee for mentee, _ in pairs}
    mentors = {mentor.id: mentor for _, mentor in pairs}
    row_of_mentee, row_of_mentor = ({name: row for row, name in enumerate(side)} for side in (mentees, mentors))
    rows = np.array([row_of_mentee[mentee.id] for mentee, _ in pairs], dtype=np.int64)
    columns = np.array([row_of_mentor[mentor.id] for _, mentor in pairs], dtype=np.int64)
    pool = Pool(tuple(mentees.values()), tuple(mentors.values()), at, weights)
    return weigh_pool(pool, blocks), rows, columns


def _fit(coded: Mapping[str, EncodedCriterion], share_of: I64, mentee: AnyArray, mentor: AnyArray) -> I64:
    total = np.zeros(np.broadcast_shapes(np.shape(mentee), np.shape(mentor)), dtype=np.int64)
    for share, criterion in zip(share_of, coded.values(), strict=True):
        if share.any():
            total = total + share[mentee] * criterion.points(mentee, mentor)
    return total
