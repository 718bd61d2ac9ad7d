"""A pool whose values and ties are all known, to compare candidate lists with pair by pair."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from services.matcher.solver.arrays import I64
from services.matcher.solver.column_generation.backend import Scorer, scorer_for
from services.matcher.solver.eligibility import mentee_classes
from services.matcher.solver.scoring import (
    CandidateLists,
    Overlap,
)
from tests.matcher.solver.pools import Pool, a_pool, eligible, scored

MENTEES = 30
SIZES = (63, 64, 65, 130)  # around whole words of bits
TABLES = (3, 1, 5, 0)  # looked up four at a time, the mentor's bonus among them


class Known:
    """A pool with the values and ties of all its pairs."""

    def __init__(
        self,
        seed: int,
        weight: int,
        compiled: bool,
        *,
        poor: bool = False,
        overlaps: tuple[Overlap, ...] | None = None,
        limited: bool = False,
    ) -> None:
        rng = np.random.default_rng(seed)
        pool = a_pool(seed, mentees=MENTEES, mentors=SIZES[seed % 4], places=3.0, steps=(2, 9)[seed % 2], weight=weight)
        bonus = rng.integers(0, weight * (6 if poor else int(rng.choice([1, 300]))), MENTEES)
        tables = np.arange(TABLES[seed % 4]) % 3
        scores = replace(
            pool.scores,
            tables=tuple(pool.scores.tables[table] for table in tables),
            mentee_codes=np.roll(pool.scores.mentee_codes, 1, axis=1)[tables],
            mentor_codes=pool.scores.mentor_codes[tables],
            mentee_bonus=-bonus if poor else bonus,
            overlaps=pool.scores.overlaps if overlaps is None else overlaps,
        )
        fit = scored(scores) - scores.mentee_bonus[:, None]
        if limited:
            scores = replace(scores, least=int(np.median(fit)) + seed % 2)
        self.pool = Pool(pool.rules, scores, pool.capacity, pool.keys)
        self.allowed = eligible(pool.rules)
        self.allowed_by_rules = eligible(replace(pool.rules, excluded=np.zeros((0, 2), np.int64)))
        self.value: I64 = scored(scores)
        self.usable: npt.NDArray[np.bool_] = self.allowed & (self.value > 0) & (pool.capacity > 0)
        self.usable &= fit >= (fit.min() if scores.least is None else scores.least)
        rows, columns = np.indices(self.value.shape)
        self.tie: I64 = pool.keys.of(rows, columns)
        self.scorer: Scorer = scorer_for(scores, mentee_classes(pool.rules), pool.capacity, pool.keys, compiled, 1)

    def outside(self, lists: CandidateLists) -> npt.NDArray[np.bool_]:
        """Usable pairs that no list holds; what the lists hold is checked on the way."""
        mentee = np.repeat(np.arange(MENTEES), np.diff(lists.indptr))
        times = np.zeros(self.value.shape, int)
        np.add.at(times, (mentee, lists.mentor), 1)
        assert times.max(initial=0) <= 1
        assert not (times.astype(bool) & ~self.usable).any()
        assert lists.value.tolist() == self.value[mentee, lists.mentor].tolist()
        assert lists.tie.tolist() == self.tie[mentee, lists.mentor].tolist()
        assert lists.eligible.tolist() == self.allowed.sum(axis=1).tolist()
        left: npt.NDArray[np.bool_] = self.usable & (times == 0)
        return left

    def check_cuts(self, lists: CandidateLists) -> None:
        """Check that no unlisted pair is above a cut, by value less price for mentees and by value for mentors."""
        outside, less = self.outside(lists), self.value - lists.price
        for worth, cut in ((less, lists.mentee_cut[:, None]), (self.value, lists.mentor_cut[None])):
            above = (worth > cut[..., 0]) | ((worth == cut[..., 0]) & (self.tie > cut[..., 1]))
            assert not (above & outside).any()

    def ranking(self, row: int, worth: I64, least: int) -> list[int]:
        """The usable mentors of a mentee from best to worst by (worth, tie), none below ``least``."""
        found = np.flatnonzero(self.usable[row] & (worth[row] >= least))
        ranked: list[int] = found[np.lexsort((-self.tie[row, found], -worth[row, found]))].tolist()
        return ranked
