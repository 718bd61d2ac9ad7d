"""Small pools of rules and scores, and their eligibility and scores computed pair by pair."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.solver.arrays import I64, U64
from services.matcher.solver.assignment import TieBreak
from services.matcher.solver.eligibility import BitRules
from services.matcher.solver.scoring import Overlap, ScoreModel


@dataclass(frozen=True)
class Pool:
    """The arguments of ``solve``."""

    rules: BitRules
    scores: ScoreModel
    capacity: I64
    keys: TieBreak

    def permuted(self, rows: I64, columns: I64) -> "Pool":
        rules, scores = self.rules, self.scores
        row_at, column_at = np.argsort(rows), np.argsort(columns)
        excluded = np.stack([row_at[rules.excluded[:, 0]], column_at[rules.excluded[:, 1]]], axis=1)
        return Pool(
            BitRules(
                rules.any_mentee[:, rows],
                rules.any_mentor[:, columns],
                rules.all_mentee[:, rows],
                rules.all_mentor[:, columns],
                excluded,
            ),
            ScoreModel(
                scores.tables,
                scores.mentee_codes[:, rows],
                scores.mentor_codes[:, columns],
                tuple(
                    Overlap(o.mentee_bits[:, rows], o.mentor_bits[:, columns], o.table, o.mentee_row[rows])
                    for o in scores.overlaps
                ),
                scores.mentee_bonus[rows],
                scores.mentor_bonus[columns],
            ),
            self.capacity[columns],
            TieBreak(self.keys.mentee_key[rows], self.keys.mentor_key[columns]),
        )


def a_pool(
    seed: int,
    *,
    mentees: int = 40,
    mentors: int = 25,
    places: float = 1.0,
    bonus: int = 0,
    steps: int = 3,
    weight: int = 50,
) -> Pool:
    """Return a pool with many ties (``steps`` distinct values per table) and about ``places`` places per mentee."""
    rng = np.random.default_rng(seed)
    scores = ScoreModel(
        tables=tuple((rng.integers(-1, steps, (5, 4)) * weight).astype(np.int32) for _ in range(3)),
        mentee_codes=rng.integers(0, 5, (3, mentees)).astype(np.int32),
        mentor_codes=rng.integers(0, 4, (3, mentors)).astype(np.int32),
        overlaps=(
            Overlap(
                _bits(rng, 2, mentees),
                _bits(rng, 2, mentors),
                (rng.integers(0, 3, (2, 129)) * weight).astype(np.int32),
                rng.integers(0, 2, mentees),
            ),
        ),
        mentee_bonus=rng.integers(0, 2, mentees) * 10 + bonus,
        mentor_bonus=rng.integers(-1, 2, mentors) * 5,
    )
    rules = BitRules(
        any_mentee=rng.integers(1, 8, (2, mentees), np.uint64),
        any_mentor=rng.integers(1, 8, (2, mentors), np.uint64),
        all_mentee=rng.integers(0, 2, (1, mentees), np.uint64),
        all_mentor=rng.integers(0, 4, (1, mentors), np.uint64),
        excluded=np.unique(
            np.stack([rng.integers(0, max(1, side), 9 if mentees else 0) for side in (mentees, mentors)], axis=1),
            axis=0,
        ),
    )
    capacity = np.bincount(rng.integers(0, mentors, int(places * mentees)), minlength=mentors)
    keys = TieBreak(rng.integers(0, 2**63, mentees, np.uint64), rng.integers(0, 2**63, mentors, np.uint64))
    return Pool(rules, scores, capacity, keys)


def eligible(rules: BitRules) -> npt.NDArray[np.bool_]:
    """Return eligibility by the rules, pair by pair."""
    allowed = np.ones((rules.mentees, rules.mentors), dtype=bool)
    words = np.ones(len(rules.any_mentee), np.int64) if rules.any_words is None else rules.any_words
    rule_of_word = np.repeat(np.arange(len(words)), words)
    shared = (rules.any_mentee[:, :, None] & rules.any_mentor[:, None, :]) != 0
    for rule in set(rule_of_word.tolist()):
        allowed &= shared[rule_of_word == rule].any(axis=0)
    for mentee, mentor in zip(rules.all_mentee, rules.all_mentor, strict=True):
        allowed &= (mentee[:, None] & ~mentor[None, :]) == 0
    allowed[rules.excluded[:, 0], rules.excluded[:, 1]] = False
    return allowed


def scored(scores: ScoreModel) -> I64:
    """Return the scores pair by pair, by the formula of ``ScoreModel``."""
    rows, columns = len(scores.mentee_bonus), len(scores.mentor_bonus)
    total = np.zeros((rows, columns), np.int64)
    for i, j in np.ndindex(rows, columns):
        points = int(scores.mentee_bonus[i]) + int(scores.mentor_bonus[j])
        for t, table in enumerate(scores.tables):
            points += int(table[scores.mentee_codes[t, i], scores.mentor_codes[t, j]])
        for overlap in scores.overlaps:
            both = overlap.mentee_bits[:, i] & overlap.mentor_bits[:, j]
            points += int(overlap.table[overlap.mentee_row[i], sum(int(word).bit_count() for word in both)])
        total[i, j] = points
    return total


def _bits(rng: np.random.Generator, words: int, people: int) -> U64:
    bits: U64 = rng.integers(0, 2**64, (words, people), np.uint64) & rng.integers(0, 2**64, (words, people), np.uint64)
    return bits
