"""Seeded pools of mentees and mentors like real ones: classes of people, tables of codes, weekly slots.

About one pair in eight is eligible; twelve criteria are reduced to five tables, one overlap of weekly slots and
bonuses, as in the matcher's formulation.
"""

from dataclasses import dataclass, replace

import numpy as np

from services.matcher.solver.arrays import I32, I64, U64
from services.matcher.solver.assignment import TieBreak
from services.matcher.solver.eligibility import BitRules
from services.matcher.solver.scoring import Overlap, ScoreModel

PLACES_PER_MENTEE = {"scarce": 0.66, "balanced": 1.01, "surplus": 2.2}
CODES = ((48, 48), (24, 24), (40, 40), (36, 36), (64, 64))  # stage x age, gender x format, language x culture, ...
WEIGHTS = (14, 8, 9, 7, 10)
OVERLAP_POINTS = 500


@dataclass(frozen=True)
class Pool:
    """One generated pool."""

    rules: BitRules
    scores: ScoreModel
    capacity: I64
    tie_break: TieBreak


def a_pool(mentees: int, mentors: int, regime: str, *, objective: str = "fit", seed: int = 1) -> Pool:
    """Return a pool of the given size.

    ``objective`` is "fit" (highest total score), "coverage" (most people first), "ranked" (people first by priorities
    of 1 to 181 that outweigh all fit, and fit in finer points, as in a round with the dial at 100) or "agreed" (fit,
    but all mentees rank their eligible mentors in the same order).
    """
    rng = np.random.default_rng([seed, mentees, mentors])
    places = int(mentees * PLACES_PER_MENTEE[regime])
    capacity = np.bincount(rng.integers(0, mentors, places), minlength=mentors).astype(np.int64)
    bonus = 0 if objective != "coverage" else (sum(WEIGHTS) * 100 + OVERLAP_POINTS) * mentees
    scores = ScoreModel(
        tables=tuple(_table(rng, shape, weight) for shape, weight in zip(CODES, WEIGHTS, strict=True)),
        mentee_codes=np.array([_codes(rng, shape[0], mentees) for shape in CODES], np.int32),
        mentor_codes=np.array([_codes(rng, shape[1], mentors) for shape in CODES], np.int32),
        overlaps=(_overlap(rng, mentees, mentors),),
        mentee_bonus=rng.integers(0, 60, mentees) + bonus,
        mentor_bonus=rng.integers(0, 20, mentors),
    )
    if objective == "agreed":
        scores = _agreed(scores)
    if objective == "ranked":
        scores = _ranked(rng, scores, min(mentees, places))
    keys = TieBreak(rng.integers(0, 2**63, mentees, np.uint64), rng.integers(0, 2**63, mentors, np.uint64))
    return Pool(_rules(rng, mentees, mentors), scores, capacity, keys)


def _agreed(scores: ScoreModel) -> ScoreModel:
    """Return scores in which all mentees rank mentors alike: equal table rows, no overlap."""
    return replace(
        scores, tables=tuple(np.repeat(table[:1], len(table), axis=0) for table in scores.tables), overlaps=()
    )


def _ranked(rng: np.random.Generator, scores: ScoreModel, places: int) -> ScoreModel:
    """Return scores with points twenty times as fine, and priorities above them: waiting time, overdue promises."""
    factor = 20
    priority = 1 + np.minimum(120, 6 * np.sqrt(rng.integers(0, 400, len(scores.mentee_bonus))).astype(np.int64))
    priority += 60 * (rng.random(len(priority)) < 0.2)
    return replace(
        scores,
        tables=tuple(table * np.int32(factor) for table in scores.tables),
        overlaps=tuple(replace(overlap, table=overlap.table * np.int32(factor)) for overlap in scores.overlaps),
        mentee_bonus=priority * (sum(WEIGHTS) * 100 + OVERLAP_POINTS + 20) * factor * places,
        mentor_bonus=scores.mentor_bonus * factor,
    )


def _codes(rng: np.random.Generator, size: int, people: int) -> I32:
    """Return random codes with a long tail: a few common situations, many rare ones."""
    share = 1 / (np.arange(size) + 4.0)
    return rng.choice(size, people, p=share / share.sum()).astype(np.int32)


def _table(rng: np.random.Generator, shape: tuple[int, int], weight: int) -> I32:
    """Return a table of closeness 0 to 100 in steps of five, times the criterion's weight."""
    return (rng.integers(0, 21, shape) * 5 * weight).astype(np.int32)


def _overlap(rng: np.random.Generator, mentees: int, mentors: int) -> Overlap:
    """Return an overlap of 56 weekly slots whose curve is flat from five shared slots on."""
    curve = np.minimum(np.arange(65), 5) * (OVERLAP_POINTS // 5)
    return Overlap(
        _weeks(rng, mentees), _weeks(rng, mentors), curve[None, :].astype(np.int32), np.zeros(mentees, np.int64)
    )


def _weeks(rng: np.random.Generator, people: int) -> U64:
    slots = (rng.random((people, 56)) < rng.uniform(0.05, 0.4, (people, 1))).astype(np.uint64)
    bits: U64 = (slots << np.arange(56, dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    return bits[None, :]


def _rules(rng: np.random.Generator, mentees: int, mentors: int) -> BitRules:
    """Return rules for languages, diabetes type, relation, format (any) and musts such as gender or clearance (all)."""
    return BitRules(
        any_mentee=np.array([_masks(rng, p, mentees) for p in _ANY_MENTEE]),
        any_mentor=np.array([_masks(rng, p, mentors) for p in _ANY_MENTOR]),
        all_mentee=_masks(rng, (0.1, 0.05, 0.05), mentees, at_least_one=False)[None, :],
        all_mentor=_masks(rng, (0.5, 0.4, 0.6), mentors, at_least_one=False)[None, :],
        excluded=np.unique(
            np.stack([rng.integers(0, mentees, mentees // 50), rng.integers(0, mentors, mentees // 50)], 1), axis=0
        ),
    )


_ANY_MENTEE = ((0.4, 0.18, 0.12, 0.07, 0.05, 0.04), (0.55, 0.35, 0.1), (0.72, 0.28), (0.5, 0.4, 0.25))
_ANY_MENTOR = ((0.42, 0.15, 0.12, 0.06, 0.04, 0.03), (0.5, 0.3, 0.08), (0.62, 0.25), (0.5, 0.4, 0.25))


def _masks(rng: np.random.Generator, shares: tuple[float, ...], people: int, *, at_least_one: bool = True) -> U64:
    bits_set = rng.random((people, len(shares))) < np.array(shares)
    if at_least_one:
        none = ~bits_set.any(axis=1)
        odds = np.array(shares) / sum(shares)
        bits_set[none, rng.choice(len(shares), int(none.sum()), p=odds)] = True
    bits: U64 = (bits_set.astype(np.uint64) << np.arange(len(shares), dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    return bits
