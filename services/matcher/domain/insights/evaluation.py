"""Judge any set of pairs by any weights: what two answers are compared by."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.pair_scores import PairScores
from services.matcher.domain.formulation.priority import Waits
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.weights import Weights
from services.matcher.solver.arrays import I64


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """``score_of`` has every mentee's score, 0 to 100, -1 without a pair; ``fit`` is their exact sum, in thousandths.

    ``people`` are the mentees' ids in the same order. Of those whose promise has run out some are matched, some left.
    ``median_wait_left`` is the middle of the hours waited so far by all who are left, None when nobody is.
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
        """The pairs' scores by mentee id."""
        return {one: score for one, score in zip(self.people, self.score_of, strict=True) if score >= 0}

    @property
    def mean(self) -> float:
        """The mean score of the pairs made, 0.0 when there are none."""
        return self.fit / 1000 / self.matched if self.matched else 0.0

    def histogram(self) -> tuple[int, ...]:
        """How many pairs have a score of 0 to 9, 10 to 19, ..., 90 to 100."""
        scores = np.array(self.score_of, dtype=np.int64)
        return tuple(np.bincount(np.minimum(9, scores[scores >= 0] // 10), minlength=10).tolist())


@dataclass(frozen=True)
class Pairing:
    """A set of pairs as rows, with the points of each: what any weights can judge."""

    mentor_of: I64  # (M,) mentor row, -1 for none
    points: I64  # (C, P) of the pairs, criteria as coded, mentees ascending

    @property
    def mentees(self) -> I64:
        """(P,) rows of the mentees who have a mentor."""
        return np.flatnonzero(self.mentor_of >= 0)


def pairing(pairs: PairScores, mentor_of: I64) -> Pairing:
    """Look the points of the pairs up, once."""
    mentees = np.flatnonzero(mentor_of >= 0)
    points = pairs.points(mentees, mentor_of[mentees])
    return Pairing(mentor_of, np.array([*points.values()], dtype=np.int64).reshape(len(points), len(mentees)))


@dataclass(frozen=True)
class Measure:
    """What sets of pairs are judged by: everybody's points and waits, as one version of the weights sees them."""

    people: tuple[str, ...]  # mentees' ids
    pairs: PairScores
    hours: npt.NDArray[np.float64]  # (M,) waited so far
    past: Flags  # (M,) whose promise has run out


def measure(people: tuple[str, ...], pairs: PairScores, waits: Waits, weights: Weights) -> Measure:
    """Lay out what to judge by; ``pairs`` were read with the same weights."""
    return Measure(people, pairs, waits.hours(), waits.past(weights))


def evaluate_pairing(by: Measure, made: Pairing) -> Evaluation:
    """Score the pairs; their points must be those of ``by``."""
    mentees, left = made.mentees, made.mentor_of < 0
    fits = (by.pairs.shares[:, mentees] * made.points).sum(axis=0)
    scores = np.full(len(made.mentor_of), -1, dtype=np.int64)
    scores[mentees] = (fits + 500) // 1000
    left_past = int(np.count_nonzero(by.past & left))
    return Evaluation(
        matched=len(mentees),
        fit=int(fits.sum()),
        score_of=tuple(scores.tolist()),
        people=by.people,
        matched_past_promise=int(np.count_nonzero(by.past)) - left_past,
        left_past_promise=left_past,
        median_wait_left=float(np.median(by.hours[left])) if left.any() else None,
    )


def evaluate(weighted_pool: WeightedPool, mentor_of: Mapping[str, str]) -> Evaluation:
    """Score the pairs, given by ids, by the weights of the reading."""
    pool = weighted_pool.pool
    by = measure(ids_of(pool), weighted_pool.pairs, weighted_pool.encoded_pool.waits, pool.weights)
    return evaluate_pairing(by, pairing(weighted_pool.pairs, rows_of(pool, mentor_of)))


def ids_of(pool: Pool) -> tuple[str, ...]:
    """The mentees' ids."""
    return tuple(one.id for one in pool.mentees)


def rows_of(pool: Pool, mentor_of: Mapping[str, str]) -> I64:
    """Pairs by ids as each mentee's mentor row, -1 for none."""
    row = {one.id: row for row, one in enumerate(pool.mentors)}
    return np.array([row[mentor_of[one.id]] if one.id in mentor_of else -1 for one in pool.mentees], dtype=np.int64)
