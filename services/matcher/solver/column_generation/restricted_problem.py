"""Column generation: solve the restricted master problem, price all other pairs, add violated pairs, solve again.

Candidate lists contain nearly every pair that an optimum can use. The prices of their optimum bound the unlisted pairs:
only few can have negative reduced cost (``pricing_bounds``). Those are scored again; pairs with negative reduced cost
join the problem, which is solved again from the present prices. When there are none, the prices cover every eligible
pair, and linear programming duality proves the assignment optimal over all of them (Dantzig and Wolfe, Operations
Research 8, 1960).
"""

from dataclasses import astuple, dataclass

import numpy as np

from ..arrays import I64
from ..assignment import Assignment, Edges, Optimum, Rebid, TieBreak, index_edges, optimise
from ..native import core
from ..scoring import MOST_FOUND, CandidateLists, DualPrices, PriceGuess, ScoreModel, largest_fit
from .backend import Scorer
from .list_lengths import ListLengths
from .price_guesses import guess_prices, starting_prices
from .pricing_bounds import Bound, Mask, of_lists, of_prices, rectangles, within_reach
from .watch import Watch

FEW = 64  # with more violated pairs than this, bidding again is faster than a path for each
NEARLY = 1000  # how wrong prices are assumed to be then, in values; only the time depends on it


@dataclass(frozen=True)
class Columns:
    """The parts of one run of column generation: candidate lists, restricted problem, pricing.

    Scores, lists and scorer use values less ``bonus_offset`` (M,); edges and prices include it (see ``bonus_band``).
    """

    scorer: Scorer
    banded: ScoreModel
    capacity: I64
    priced: Mask  # (N,) mentors who may have unlisted pairs
    bonus_offset: I64
    keys: TieBreak
    lengths: ListLengths
    watch: Watch
    compiled: bool | None

    def first_lists(self, guess: PriceGuess | None, ranked: int) -> tuple[CandidateLists, I64]:
        """Return the first lists, and each mentee's best ``ranked`` by value (M, BEST), empty with a price guess."""
        if guess is not None and self.lengths.by_price:
            lists = self._list_by_price(guess)
            return lists, lists.best
        half = 0.5 if self.lengths.by_price else 1.0
        scoring = self.watch.during("score", 0.0, half)
        plain = self.scorer.collect(self.lengths.of_mentor, self.lengths.of_mentee, ranked, scoring)
        if not self.lengths.by_price:
            return plain, plain.best
        guess = guess_prices(plain, self.banded, self.capacity, self.compiled, self.watch.during("score", half, half))
        return self._list_by_price(guess, half), plain.best

    def until_covered(self, lists: CandidateLists, earlier: Assignment | None = None) -> tuple[Edges, Optimum, int]:
        """Solve and price until no pair has negative reduced cost; return edges, optimum and pricing rounds.

        Bidding starts from an ``earlier`` assignment if given; its prices are assumed wrong by the largest fit at most.
        """
        edges = self._edges(lists)
        if earlier is not None:
            start = _start_from(earlier.mentor_of, earlier.mentor_price, self.capacity)
            outcome = self.optimum(edges, start, Rebid(largest_fit(self.banded)))
        elif self.lengths.by_price:
            nobody = np.full(len(self.bonus_offset), -1, np.int64)
            start = _start_from(nobody, starting_prices(lists, self.capacity), self.capacity)
            outcome = self.optimum(edges, start, Rebid(), bonus_offset=self.bonus_offset)
        else:
            outcome = self.optimum(edges, None, Rebid(), bonus_offset=self.bonus_offset)
        return self.cover(edges, outcome, of_lists(lists), lists.mentor_cut)

    def cover(
        self, edges: Edges, outcome: Optimum, bound: Bound, mentor_cut: I64 | None = None
    ) -> tuple[Edges, Optimum, int]:
        """Price and solve until no unlisted pair has negative reduced cost; return edges, optimum and pricing rounds.

        ``bound`` bounds all unlisted pairs, ``mentor_cut`` (N, 2) those of each mentor. There may be more mentors than
        the scorer knows: the pairs of the others are all among the edges.
        """
        rounds, bounds = 0, [bound]
        while True:
            prices = self._prices(outcome)
            rows, columns, values = self._violated(mentor_cut, bounds, prices)
            if not len(rows):
                return edges, outcome, rounds
            rounds += 1
            edges = self._with_pairs(edges, rows, columns, values)
            unsure = np.bincount(rows, minlength=len(self.bonus_offset)) >= MOST_FOUND
            bounds = [bound, of_prices(prices, unsure)]
            outcome = self.optimum(edges, outcome, Rebid(NEARLY) if len(rows) > FEW else None)

    def bound(self, outcome: Optimum, listed: Mask) -> Bound:
        """Return the bound of unlisted pairs that an optimum gives; ``listed`` (M,) mentees have none."""
        return of_prices(self._prices(outcome), np.zeros_like(listed)).without(listed)

    def _prices(self, outcome: Optimum) -> DualPrices:
        priced = slice(len(self.priced))
        return DualPrices(
            outcome.mentee_price - self.bonus_offset,
            outcome.mentee_tie_price,
            outcome.mentor_price[priced],
            outcome.mentor_tie_price[priced],
        )

    def _list_by_price(self, guess: PriceGuess, after: float = 0.0) -> CandidateLists:
        return self.scorer.collect(0, self.lengths.by_price, 0, self.watch.during("score", after), guess=guess)

    def _edges(self, lists: CandidateLists) -> Edges:
        value = (
            lists.value + np.repeat(self.bonus_offset, np.diff(lists.indptr))
            if self.bonus_offset.any()
            else lists.value
        )
        return Edges(lists.indptr, lists.mentor, value, lists.tie)

    def optimum(
        self, edges: Edges, start: Optimum | None, rebid: Rebid | None = None, *, bonus_offset: I64 | None = None
    ) -> Optimum:
        """Return the optimum over the edges, from the pairs and prices of ``start`` if given."""
        tie = np.zeros(0, np.int64) if edges.tie is None else edges.tie
        mentor = edges.mentor.astype(np.int32, copy=False)
        problem = index_edges(edges.indptr, mentor, edges.value, tie, self.capacity, core(self.compiled))
        beside = bonus_offset if bonus_offset is not None and bonus_offset.any() else None
        pause = self.watch.during("assign")
        return optimise(problem, start=start, rebid=rebid, bonus_offset=beside, compiled=self.compiled, pause=pause)

    def _violated(self, mentor_cut: I64 | None, bounds: list[Bound], prices: DualPrices) -> tuple[I64, I64, I64]:
        """Return rows, columns and values of unlisted pairs with negative reduced cost."""
        pause = self.watch.during("price")
        reached = self.priced
        if mentor_cut is not None:
            reached = reached & within_reach(prices, mentor_cut, below_zero=bool(self.bonus_offset.any()))
        slack_bounds = [bound.slack_bound(prices) for bound in bounds]
        parts = rectangles(slack_bounds, reached)
        found = [
            astuple(self.scorer.price(prices, mentees, mentors, pause, slack_bounds)) for mentees, mentors in parts
        ]
        rows, columns, values = (np.concatenate(part) for part in zip(_NONE, *found, strict=True))
        return rows, columns, values

    def _with_pairs(self, edges: Edges, rows: I64, columns: I64, values: I64) -> Edges:
        """Return the edges with more pairs, each at the end of its mentee's row."""
        order = np.argsort(rows, kind="stable")
        rows, columns = rows[order], columns[order]
        at = edges.indptr[rows + 1]
        count = np.bincount(rows, minlength=len(self.bonus_offset))
        return Edges(
            edges.indptr + np.append(0, np.cumsum(count)),
            np.insert(edges.mentor.astype(np.int32, copy=False), at, columns.astype(np.int32)),
            np.insert(edges.value, at, values[order] + self.bonus_offset[rows]),
            np.insert(edges.tie, at, self.keys.of(rows, columns)) if edges.tie is not None else None,
        )


_NONE = (np.zeros(0, np.int64),) * 3


def _start_from(mentor_of: I64, prices: I64, capacity: I64) -> Optimum:
    """Return pairs and prices to bid from, without pairs beyond the capacity of their mentor."""
    rows = np.flatnonzero(mentor_of >= 0)
    order = rows[np.argsort(mentor_of[rows], kind="stable")]
    mentors = mentor_of[order]
    place = np.arange(len(order)) - np.searchsorted(mentors, mentors)
    matched = np.full(len(mentor_of), -1, np.int64)
    matched[order] = np.where(place < capacity[mentors], mentors, -1)
    nothing = np.zeros(len(mentor_of), np.int64)
    return Optimum(matched, nothing, nothing, prices, np.zeros_like(prices))
