"""Lists of the best as the compiled scorer fills them."""

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


class CompiledLists(CStruct):
    """Twin structure of `Lists` in `pool.h`; empty to begin with."""

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
        """Leave out from the start what is worth no more to a mentor than this, whatever the tie."""
        self.arrays["mentor_cut"][:, 0] = mentor_cut[:, 0]

    def guide_by(self, price: I64, floor: I64) -> None:
        """Rank by value less price (width,), and list nothing below a mentee's floor (M,)."""
        self.swap("guide", price)
        self.swap("floor", floor)

    def beside(self) -> "CompiledLists":
        """Return the same lists of mentees with lists of mentors of their own, for another thread."""
        keep, width = self.structure, len(self.arrays["mentor_length"])
        other = CompiledLists(0, width, keep.mentor_keep, keep.mentee_keep, keep.ranked)
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
