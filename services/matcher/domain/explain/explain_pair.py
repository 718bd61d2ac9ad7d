"""Explain one pair, or many at once, from the same numbers that the round uses."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.explain.explanation import Explanation, Part, band_of
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pairs
from services.matcher.domain.hard_rules.check_pairs import check_pairs
from services.matcher.domain.hard_rules.rule_book import QUALITY_FLOOR
from services.matcher.domain.weights import Weights


def explain(mentee: Mentee, mentor: Mentor, weights: Weights, at: datetime) -> Explanation:
    """Return why the pair fits, or which hard rules it breaks, from the same numbers that the round uses.

    The quality floor is named only where no other rule is broken.
    """
    weighted_pool, *rows = weigh_pairs([(mentee, mentor)], at, weights)
    broken = set(check_pairs(weighted_pool.rules, *rows))
    parts, score = parts_of(weighted_pool, [(0, 0)])[0]
    return Explanation(
        score=score, band=band_of(score), parts=parts, rules=tuple(sorted(broken - {QUALITY_FLOOR} or broken))
    )


def parts_of(weighted_pool: WeightedPool, rows: Sequence[tuple[int, int]]) -> list[tuple[tuple[Part, ...], int]]:
    """Return, for each pair (mentee row, mentor row), its parts and its score of 0 to 100."""
    if not rows:
        return []
    pool = weighted_pool.pool
    mentees, mentors = (np.array(side, dtype=np.int64) for side in zip(*rows, strict=True))
    points = {name: values.tolist() for name, values in weighted_pool.points(mentees, mentors).items()}
    fits = weighted_pool.fit(mentees, mentors).tolist()
    weights = weighted_pool.shares[:, mentees].T.tolist()
    return [
        (
            tuple(
                _part(pool, name, (i, j), points[name][k], weight)
                for name, weight in zip(weighted_pool.encoded_pool.coded, weights[k], strict=True)
                if weight > 0
            ),
            (fits[k] + 500) // 1000,
        )
        for k, (i, j) in enumerate(rows)
    ]


def _part(pool: Pool, name: str, rows: tuple[int, int], points: int, weight: int) -> Part:
    codes = criteria()[name].shared(pool.mentees[rows[0]], pool.mentors[rows[1]], pool)
    return Part(criterion=name, score=points, weight=weight, band=band_of(points) if codes else "", codes=codes)
