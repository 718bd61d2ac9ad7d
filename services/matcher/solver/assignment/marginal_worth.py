"""The exact worth of one more place of each mentor, for all mentors at once.

The dual price of a place is an upper bound only: where several prices prove the same optimum, it may exceed what one
more place would add. The exact worth is the best path in the residual graph: a mentee takes the new place, another
takes the place that becomes free, and so on, until an unmatched mentee is matched or a place stays empty. Reduced costs
(mentee price + mentor price - value) are not negative, so one run of Dijkstra's algorithm from all ends of such paths
finds it (Ahuja, Magnanti, Orlin, Network Flows, 1993, ch. 9).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import I64
from .sparse_values import Assignment

Block = Callable[[I64], I64]
"""Values of some mentees (rows) with all mentors, (rows, N); 0 or less for pairs that are not eligible."""

_AT_ONCE = 256
_FAR = np.int64(2**62)


@dataclass(frozen=True)
class OneMore:
    """``worth`` (N,) is the gain of the best assignment from one more place of each mentor, never negative.

    ``comes_in`` (N,): with that place one more mentee is matched; otherwise some are only matched better.
    """

    worth: I64
    comes_in: npt.NDArray[np.bool_]


def marginal_worth_of(block: Block, assignment: Assignment) -> OneMore:
    """Return the worth of one more place of each mentor; ``assignment`` is the optimum over all pairs of ``block``.

    ``block`` is called once for each mentee: time O(M N + N^2), memory O(N) besides the blocks.
    """
    search = _Search(block, assignment)
    search.from_unmatched()
    search.along_paths()
    worth = assignment.mentor_price - search.distance
    return OneMore(worth=worth, comes_in=search.comes_in & (worth > 0))


class _Search:
    """Distances from each mentor to the nearest end of a path: an unmatched mentee, or a place that stays empty."""

    def __init__(self, block: Block, assignment: Assignment) -> None:
        self._block = block
        self._mentee_price, self._price = assignment.mentee_price, assignment.mentor_price
        self._mentor_of = assignment.mentor_of
        self.distance = self._price.copy()  # the path of length zero: the new place stays empty
        self.comes_in = np.zeros(len(self._price), dtype=np.bool_)

    def from_unmatched(self) -> None:
        unmatched = np.flatnonzero(self._mentor_of < 0)
        for start in range(0, len(unmatched), _AT_ONCE):
            self._reach(unmatched[start : start + _AT_ONCE], np.int64(0), comes_in=True)

    def along_paths(self) -> None:
        """Settle mentors, nearest first; their mentees could move to a place of any other mentor."""
        order = np.argsort(self._mentor_of, kind="stable")
        starts = np.searchsorted(self._mentor_of[order], np.arange(len(self._price) + 1))
        waiting = self.distance.copy()
        for _ in range(len(self._price)):
            nearest = int(waiting.argmin())
            members = order[starts[nearest] : starts[nearest + 1]]
            if len(members):
                self._reach(members, self.distance[nearest], comes_in=bool(self.comes_in[nearest]))
                waiting = np.where(waiting < _FAR, self.distance, _FAR)
            waiting[nearest] = _FAR

    def _reach(self, mentees: I64, base: np.int64, *, comes_in: bool) -> None:
        """Shorten distances by moving these mentees to a new place; ``base`` is the length of the rest of the path."""
        values = self._block(mentees)
        through = np.where(
            values > 0, base + self._mentee_price[mentees][:, np.newaxis] + self._price[np.newaxis, :] - values, _FAR
        ).min(axis=0, initial=_FAR)
        nearer = through < self.distance
        nearer |= (through == self.distance) & comes_in & ~self.comes_in
        self.distance = np.where(nearer, through, self.distance)
        self.comes_in = np.where(nearer, comes_in, self.comes_in)
