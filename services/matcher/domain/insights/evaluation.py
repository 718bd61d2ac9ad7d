"""Evaluate any set of pairs under any weights, to compare two answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.solver.arrays import I64


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """``score_of`` has every mentee's score, 0 to 100, -1 without a pair; ``fit`` is their exact sum, in thousandths.

    ``people`` are the mentees' ids in the same order. ``matched_past_promise`` and ``left_past_promise`` count the
    mentees past their promise with and without a mentor. ``median_wait_left`` is the median of the hours waited so far
    by all without a mentor, None when there are none.
    """

    matched: int
    fit: int
    score_of: tuple[int, ...]
    people: tuple[str, ...]
    matched_past_promise: int
    left_past_promise: int
    median_wait_left: float | None

    @cached_property
    def scores(self) -> Mapping[str, int]:
        """Return the pairs' scores by mentee id."""
        return {person_id: score for person_id, score in zip(self.people, self.score_of, strict=True) if score >= 0}

    @property
    def mean(self) -> float:
        """Return the mean score of the pairs made, 0.0 when there are none."""
        return self.fit / 1000 / self.matched if self.matched else 0.0

    def histogram(self) -> tuple[int, ...]:
        """Return how many pairs have a score of 0 to 9, 10 to 19, ..., 90 to 100."""
        scores = np.array(self.score_of, dtype=np.int64)
        return tuple(np.bincount(np.minimum(9, scores[scores >= 0] // 10), minlength=10).tolist())


@dataclass(frozen=True)
class Pairing:
    """A set of pairs as rows, with the points of each, for evaluation under any weights."""

    mentor_of: I64  # (M,) mentor row, -1 for none
    points: I64  # (C, P) of the pairs, criteria in encoded order, mentees ascending

    @property
    def mentees(self) -> I64:
        """Return (P,) rows of the mentees who have a mentor."""
        return np.flatnonzero(self.mentor_of >= 0)


def pairing(weighted_pool: WeightedPool, mentor_of: I64) -> Pairing:
    """Return pairs with their points looked up."""
    mentees = np.flatnonzero(mentor_of >= 0)
    points = weighted_pool.points(mentees, mentor_of[mentees])
    return Pairing(mentor_of, np.array([*points.values()], dtype=np.int64).reshape(len(points), len(mentees)))


def evaluate_pairing(weighted_pool: WeightedPool, pairs_made: Pairing) -> Evaluation:
    """Evaluate pairs under the weights of the pool; their points must be by its closeness tables."""
    mentees, unmatched = pairs_made.mentees, pairs_made.mentor_of < 0
    pool, waits = weighted_pool.pool, weighted_pool.encoded_pool.waits
    past = waits.past(pool.weights)
    fits = (weighted_pool.shares[:, mentees] * pairs_made.points).sum(axis=0)
    scores = np.full(len(pairs_made.mentor_of), -1, dtype=np.int64)
    scores[mentees] = (fits + 500) // 1000
    unmatched_past = int(np.count_nonzero(past & unmatched))
    return Evaluation(
        matched=len(mentees),
        fit=int(fits.sum()),
        score_of=tuple(scores.tolist()),
        people=pool.mentee_ids,
        matched_past_promise=int(np.count_nonzero(past)) - unmatched_past,
        left_past_promise=unmatched_past,
        median_wait_left=float(np.median(waits.hours()[unmatched])) if unmatched.any() else None,
    )


def evaluate(weighted_pool: WeightedPool, mentor_of: Mapping[str, str]) -> Evaluation:
    """Evaluate pairs, given by ids, under the weights of the pool."""
    return evaluate_pairing(weighted_pool, pairing(weighted_pool, rows_of(weighted_pool.pool, mentor_of)))


def rows_of(pool: Pool, mentor_of: Mapping[str, str]) -> I64:
    """Return pairs by ids as each mentee's mentor row, -1 for none."""
    row_of = {mentor.id: row for row, mentor in enumerate(pool.mentors)}
    mentors = (mentor_of.get(mentee.id) for mentee in pool.mentees)
    return np.array([-1 if mentor is None else row_of[mentor] for mentor in mentors], dtype=np.int64)
