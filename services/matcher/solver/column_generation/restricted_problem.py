"""Column generation: a small core of pairs, solved; its prices judge all others; what they miss joins the core.

Lists of the best make a core that holds nearly every pair an optimum can use. Prices of the core's optimum then judge
the pairs left out: only a few can be worth more than the prices of their two people (`uncovered`). Those are scored
again; what the prices do not cover joins the core, which is solved again from where it stood. When nothing is uncovered
the prices cover every eligible pair, and linear programming duality proves the assignment best among all of them
(Dantzig and Wolfe, Operations Research 8, 1960).
"""

from dataclasses import astuple, dataclass

import numpy as np

from ..arrays import I64
from ..assignment import Assignment, Edges, Optimum, Rebid, TieBreak, indexed, optimise
from ..native import core
from ..scoring import MOST_FOUND, CandidateLists, DualPrices, PriceGuess, ScoreModel, largest_fit
from .backend import Scorer
from .list_lengths import ListLengths
from .price_guesses import guessed, levelled
from .pricing_bounds import Bound, of_lists, of_prices, rectangles, within_reach
from .watch import Watch

FEW = 64  # more uncovered pairs than this, and bidding again is quicker than a path for each
NEARLY = 1000  # how far prices may be off then, in values; only time depends on it


@dataclass(frozen=True)
class Columns:
    """What one run needs to make lists and to judge what they left out.

    Scores, lists and scorer leave `beyond` (M,) out of every value of a mentee (`margin`); edges and prices have it.
    """

    scorer: Scorer
    within: ScoreModel
    capacity: I64
    beyond: I64
    keys: TieBreak
    keep: ListLengths
    watch: Watch
    compiled: bool | None

    def first_lists(self, guide: PriceGuess | None, ranked: int) -> tuple[CandidateLists, I64]:
        """Return lists to begin with, and each mentee's `ranked` best by value (M, BEST), empty with a guide."""
        if guide is not None and self.keep.guided:
            lists = self._listed(guide)
            return lists, lists.best
        half = 0.5 if self.keep.guided else 1.0
        scoring = self.watch.during("score", 0.0, half)
        plain = self.scorer.collect(self.keep.of_mentor, self.keep.of_mentee, ranked, scoring)
        if not self.keep.guided:
            return plain, plain.best
        guide = guessed(plain, self.within, self.capacity, self.compiled, self.watch.during("score", half, half))
        return self._listed(guide, half), plain.best

    def until_covered(self, lists: CandidateLists, earlier: Assignment | None = None) -> tuple[Edges, Optimum, int]:
        """Solve the core and add what its prices do not cover, until they cover everything.

        Bidding begins from an `earlier` answer where there is one; its prices may be off by what fit can make.
        """
        edges, rounds, bounds = self._edges(lists), 0, [of_lists(lists)]
        if earlier is not None:
            known = _begun(earlier.mentor_of, earlier.mentor_price, self.capacity)
            outcome = self._optimum(edges, known, Rebid(largest_fit(self.within)))
        elif self.keep.guided:
            nobody = np.full(len(self.beyond), -1, np.int64)
            lead = _begun(nobody, levelled(lists, self.capacity), self.capacity)
            outcome = self._optimum(edges, lead, Rebid(), aside=self.beyond)
        else:
            outcome = self._optimum(edges, None, Rebid(), aside=self.beyond)
        while True:
            prices = DualPrices(
                outcome.mentee_price - self.beyond,
                outcome.mentee_tie_price,
                outcome.mentor_price,
                outcome.mentor_tie_price,
            )
            rows, columns, values = self._uncovered(lists, bounds, prices)
            if not len(rows):
                return edges, outcome, rounds
            rounds += 1
            edges = self._joined(edges, rows, columns, values)
            unsure = np.bincount(rows, minlength=len(self.beyond)) >= MOST_FOUND
            bounds = [bounds[0], of_prices(prices, unsure)]
            outcome = self._optimum(edges, outcome, Rebid(NEARLY) if len(rows) > FEW else None)

    def _listed(self, guide: PriceGuess, after: float = 0.0) -> CandidateLists:
        return self.scorer.collect(0, self.keep.guided, 0, self.watch.during("score", after), guide=guide)

    def _edges(self, lists: CandidateLists) -> Edges:
        value = lists.value + np.repeat(self.beyond, np.diff(lists.indptr)) if self.beyond.any() else lists.value
        return Edges(lists.indptr, lists.mentor, value, lists.tie)

    def _optimum(
        self, edges: Edges, start: Optimum | None, rebid: Rebid | None, *, aside: I64 | None = None
    ) -> Optimum:
        tie = np.zeros(0, np.int64) if edges.tie is None else edges.tie
        mentor = edges.mentor.astype(np.int32, copy=False)
        problem = indexed(edges.indptr, mentor, edges.value, tie, self.capacity, core(self.compiled))
        beside = aside if aside is not None and aside.any() else None
        pause = self.watch.during("assign")
        return optimise(problem, start=start, rebid=rebid, aside=beside, compiled=self.compiled, pause=pause)

    def _uncovered(self, lists: CandidateLists, bounds: list[Bound], prices: DualPrices) -> tuple[I64, I64, I64]:
        """Return rows, columns and values of left-out pairs worth more than their prices."""
        pause = self.watch.during("price")
        reached = within_reach(prices, lists.mentor_cut, below_zero=bool(self.beyond.any()))
        stairs = [bound.stair(prices) for bound in bounds]
        parts = rectangles(stairs, (self.capacity > 0) & reached)
        found = [astuple(self.scorer.price(prices, mentees, mentors, pause, stairs)) for mentees, mentors in parts]
        rows, columns, values = (np.concatenate(part) for part in zip(_NONE, *found, strict=True))
        return rows, columns, values

    def _joined(self, edges: Edges, rows: I64, columns: I64, values: I64) -> Edges:
        """Add pairs, in each mentee's row at its end."""
        order = np.argsort(rows, kind="stable")
        rows, columns = rows[order], columns[order]
        at = edges.indptr[rows + 1]
        count = np.bincount(rows, minlength=len(self.beyond))
        return Edges(
            edges.indptr + np.append(0, np.cumsum(count)),
            np.insert(edges.mentor.astype(np.int32, copy=False), at, columns.astype(np.int32)),
            np.insert(edges.value, at, values[order] + self.beyond[rows]),
            np.insert(edges.tie, at, self.keys.of(rows, columns)) if edges.tie is not None else None,
        )


_NONE = (np.zeros(0, np.int64),) * 3


def _begun(mentor_of: I64, prices: I64, capacity: I64) -> Optimum:
    """Return pairs and prices to bid from, without the pairs for which there is no place any more."""
    rows = np.flatnonzero(mentor_of >= 0)
    order = rows[np.argsort(mentor_of[rows], kind="stable")]
    mentors = mentor_of[order]
    place = np.arange(len(order)) - np.searchsorted(mentors, mentors)
    kept = np.full(len(mentor_of), -1, np.int64)
    kept[order] = np.where(place < capacity[mentors], mentors, -1)
    nothing = np.zeros(len(mentor_of), np.int64)
    return Optimum(kept, nothing, nothing, prices, np.zeros_like(prices))
