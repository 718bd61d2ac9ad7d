"""The transportation problem, its assignment and its certificate, as arrays."""

from dataclasses import dataclass

from ..arrays import I32, I64


@dataclass(frozen=True)
class Edges:
    """Eligible pairs by mentee (CSR): mentee i has edges ``indptr[i]:indptr[i + 1]``.

    Pairs of ``value`` <= 0 are never used. ``tie`` decides between assignments of equal value (0 <= tie < 2**40, see
    ``tie_break``); without it, row and column numbers decide.
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
    """An optimal assignment and the dual prices that prove it.

    Prices are the dual values of the linear programme, in two words compared one after the other: first value, then
    tie-break. For every edge (mentee price + mentor price) >= (value, tie), with equality on matched pairs; unmatched
    mentees and mentors with an open place have price zero. Where several prices prove the same assignment, these are
    one choice: a mentor's price is never less than what one more place would add, and may be more (see
    ``marginal_worth``).
    """

    mentor_of: I64  # (M,) mentor rows, -1 for unmatched
    mentee_price: I64  # (M,)
    mentor_price: I64  # (N,) at least the worth of one more place of this mentor
    mentee_tie_price: I64  # (M,) second word of the price
    mentor_tie_price: I64  # (N,)
    value: int  # total value of the matched pairs


@dataclass(frozen=True)
class Certificate:
    """The proof: no assignment is worth more than ``dual``, this one is worth ``primal``.

    Where the two are equal and there is no violation, the assignment is optimal.
    """

    primal: int
    dual: int
    violations: int  # negative reduced costs, negative prices, people beyond capacity, pairs without an edge

    @property
    def proves_optimal(self) -> bool:
        """Whether the assignment is proved to be of the highest possible value."""
        return self.violations == 0 and self.primal == self.dual
