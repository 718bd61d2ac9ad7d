"""Candidate lists in the layout of the compiled scorer."""

import ctypes

import numpy as np

from ..arrays import I64, AnyArray
from ..native import CStruct, fields
from .candidate_lists import no_cuts


class _ListsFields(ctypes.Structure):
    _fields_ = fields(
        "mentor_keep mentee_keep ranked",
        "guide floor mentor_length mentor_list mentor_value mentor_cut mentee_length mentee_list mentee_value "
        "mentee_cut eligible",
    )


class NativeLists(CStruct):
    """Twin of the struct ``Lists`` in ``pool.h``; empty at first."""

    def __init__(self, mentees: int, width: int, mentor_keep: int, mentee_keep: int, ranked: int) -> None:
        super().__init__(
            _ListsFields(mentor_keep=mentor_keep, mentee_keep=mentee_keep, ranked=ranked),
            **_of_mentors(width, mentor_keep),
            mentee_length=np.zeros(mentees, np.int32),
            mentee_list=np.empty((mentees, mentee_keep), np.int32),
            mentee_value=np.empty((mentees, mentee_keep), np.int64),
            mentee_cut=no_cuts(mentees),
            eligible=np.zeros(mentees, np.int64),
        )

    def cut_at(self, mentor_cut: AnyArray) -> None:
        """Start with these cuts of mentors: pairs of no more value are left out, whatever the tie."""
        self.arrays["mentor_cut"][:, 0] = mentor_cut[:, 0]

    def rank_by_price(self, price: I64, floor: I64) -> None:
        """Rank by value less price (width,), and list no pair below a mentee's floor (M,)."""
        self.swap("guide", price)
        self.swap("floor", floor)

    def for_thread(self) -> "NativeLists":
        """Return lists for another thread: shared for mentees, new for mentors."""
        structure, width = self.structure, len(self.arrays["mentor_length"])
        other = NativeLists(0, width, structure.mentor_keep, structure.mentee_keep, structure.ranked)
        for name in _SHARED:
            if name in self.arrays:
                other.swap(name, self.arrays[name])
        other.cut_at(self.arrays["mentor_cut"])
        return other


_SHARED = ("mentee_length", "mentee_list", "mentee_value", "mentee_cut", "eligible", "guide", "floor")


def _of_mentors(width: int, keep: int) -> dict[str, AnyArray]:
    return {
        "mentor_length": np.zeros(width, np.int32),
        "mentor_list": np.empty((width, 2 * keep), np.int32),
        "mentor_value": np.empty((width, 2 * keep), np.int64),
        "mentor_cut": no_cuts(width),
    }
