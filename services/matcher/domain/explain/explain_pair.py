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
    pairs = [(pool.mentees[i], pool.mentors[j]) for i, j in rows]
    points, fits = weighted_pool.points(mentees, mentors), weighted_pool.fit(mentees, mentors).tolist()
    columns = [
        _parts(name, pairs, pool, values.tolist(), weights.tolist())
        for (name, values), weights in zip(points.items(), weighted_pool.shares[:, mentees], strict=True)
        if weights.any()
    ]
    each = zip(*columns, strict=True) if columns else [()] * len(rows)
    return [
        (tuple(part for part in parts if part is not None), (fit + 500) // 1000)
        for parts, fit in zip(each, fits, strict=True)
    ]


def _parts(
    name: str, pairs: Sequence[tuple[Mentee, Mentor]], pool: Pool, points: Sequence[int], weights: Sequence[int]
) -> list[Part | None]:
    """Return a criterion's part of each pair, None where it has no weight; equal parts are one object."""
    shared = criteria()[name].shared
    codes = [
        shared(mentee, mentor, pool) if weight else () for (mentee, mentor), weight in zip(pairs, weights, strict=True)
    ]
    kinds = list(zip(points, weights, codes, strict=True))
    made = {kind: _part(name, *kind) for kind in set(kinds)}
    return [made[kind] for kind in kinds]


def _part(name: str, score: int, weight: int, codes: tuple[str, ...]) -> Part | None:
    band = band_of(score) if codes else ""
    return Part(criterion=name, score=score, weight=weight, band=band, codes=codes) if weight else None
