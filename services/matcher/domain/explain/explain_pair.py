"""Explain one pair, or many at once, from the same numbers that the round uses."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import Criterion, criteria
from services.matcher.domain.explain.explanation import Explanation, Part, band_of
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pairs
from services.matcher.domain.hard_rules.check_pairs import check_pairs
from services.matcher.domain.hard_rules.rule_book import QUALITY_FLOOR
from services.matcher.domain.weights import Weights
from services.matcher.solver.arrays import I64


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
    pairs = Pool(
        tuple(pool.mentees[i] for i, _ in rows), tuple(pool.mentors[j] for _, j in rows), pool.at, pool.weights
    )
    points, fits = weighted_pool.points(mentees, mentors), weighted_pool.fit(mentees, mentors).tolist()
    columns = [
        _parts(criteria()[name], pairs, values, weights)
        for (name, values), weights in zip(points.items(), weighted_pool.shares[:, mentees], strict=True)
        if weights.any()
    ]
    each = zip(*columns, strict=True) if columns else [()] * len(rows)
    return [(tuple(filter(None, parts)), (fit + 500) // 1000) for parts, fit in zip(each, fits, strict=True)]


def _parts(criterion: Criterion, pairs: Pool, points: I64, weights: I64) -> list[Part | None]:
    """Return a criterion's part of each pair, None where it has no weight; equal parts are one object.

    Mentee and mentor of the same row are a pair.
    """
    shared, kind_of = _shared(criterion, pairs)
    stride = int(max(points.max(), weights.max())) + 1
    _, first, part_of = np.unique(
        (kind_of * stride + points) * stride + weights, return_index=True, return_inverse=True
    )
    parts = [_part(criterion.name, int(points[row]), int(weights[row]), shared[kind_of[row]]) for row in first]
    return [parts[place] for place in part_of.tolist()]


def _shared(criterion: Criterion, pairs: Pool) -> tuple[list[tuple[str, ...]], I64]:
    """Return the distinct sets of codes that pairs share, and the place of each pair's set."""
    people = zip(pairs.mentees, pairs.mentors, strict=True)
    if criterion.shared_by is None:
        codes = [criterion.shared(mentee, mentor, pairs) for mentee, mentor in people]
    else:
        answers = (pairs.mentee_answers(criterion.shared_by[0]), pairs.mentor_answers(criterion.shared_by[1]))
        known: dict[tuple[int, int], tuple[str, ...]] = {}  # by the identity of answers, of which equal ones are one
        codes = []
        for key, pair in zip(zip(*(map(id, side) for side in answers), strict=True), people, strict=True):
            if key not in known:
                known[key] = criterion.shared(*pair, pairs)
            codes.append(known[key])
    place_of = {kind: place for place, kind in enumerate(dict.fromkeys(codes))}
    return list(place_of), np.array([place_of[kind] for kind in codes], dtype=np.int64)


def _part(name: str, score: int, weight: int, codes: tuple[str, ...]) -> Part | None:
    band = band_of(score) if codes else ""
    return Part(criterion=name, score=score, weight=weight, band=band, codes=codes) if weight else None
