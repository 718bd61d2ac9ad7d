"""The problem, its answer and the proof of the answer, as arrays."""

from dataclasses import dataclass

from ..arrays import I32, I64


@dataclass(frozen=True)
class Edges:
    """Pairs that may meet, row by row (CSR): mentee i has edges `indptr[i]:indptr[i + 1]`.

    `value` is what a pair is worth; pairs of value <= 0 are never used. `tie` decides between answers of equal value
    (0 <= tie < 2**40, see `tie_break`); without it, row and column numbers decide.
    """

    indptr: I64  # (M + 1,)
    mentor: I64 | I32  # (E,) mentor row of each edge, each pair at most once
    value: I64  # (E,)
    tie: I64 | None = None  # (E,)

    @property
    def mentees(self) -> int:
        """M, the number of mentee rows."""
        return len(self.indptr) - 1


@dataclass(frozen=True)
class Assignment:
    """Who meets whom, and the prices that prove it best.

    Prices are the dual values of the linear programme, in two words compared one after the other: first value, then
    tie-break. For every edge (mentee price + mentor price) >= (value, tie), with equality on matched pairs; whoever is
    unmatched, and every mentor with a free place, has price zero. Where several prices prove the same answer, these are
    some of them: a mentor's is never less than what one more place would add, and may be more (see `marginal`).
    """

    mentor_of: I64  # (M,) mentor row, -1 for none
    mentee_price: I64  # (M,)
    mentor_price: I64  # (N,) at least what one more place of this mentor is worth
    mentee_tie_price: I64  # (M,) second word of the price
    mentor_tie_price: I64  # (N,)
    value: int  # total value of the matched pairs


@dataclass(frozen=True)
class Certificate:
    """The proof: no answer is worth more than `dual`, this one is worth `primal`; equal, with no violation, is best."""

    primal: int
    dual: int
    violations: int  # edges priced too low, negative prices, places overdrawn, pairs without an edge

    @property
    def proves_optimal(self) -> bool:
        """Whether the assignment is proved to be of the highest possible value."""
        return self.violations == 0 and self.primal == self.dual
