"""The bipartite graph of the transportation problem: checked, index_edges from both sides, without useless edges."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..arrays import I32, I64, AnyArray, as_i64, as_rows
from ..errors import BadArraysError, ValueTooLargeError
from ..native import NativeLibrary, number, pointers
from .sparse_values import Edges
from .tie_break import TIE_BITS, TieBreak

LARGEST_VALUE = 2**58  # sums of two prices, scaled by four, stay inside 63 bits
LARGEST_TOTAL = 2**62
LARGEST_SIDE = 2**22  # ties of 40 bits sum over at most this many people inside 63 bits


@dataclass(frozen=True)
class BipartiteGraph:
    """Edges of positive value to mentors with places, by mentee (CSR) and by mentor (``by_mentor``, CSC order)."""

    indptr: I64  # (M + 1,)
    mentor: I32  # (E,)
    value: I64  # (E,) > 0
    tie: I64  # (E,)
    capacity: I64  # (N,)
    mentor_indptr: I64  # (N + 1,)
    by_mentor: I32  # (E,) edge numbers, mentor by mentor
    mentee: I32  # (E,) mentee row of each edge

    @property
    def mentees(self) -> int:
        """M, the number of mentee rows."""
        return len(self.indptr) - 1

    @property
    def mentors(self) -> int:
        """N, the number of mentor rows."""
        return len(self.capacity)


def checked_edges(edges: Edges, mentors: int) -> Edges:
    """Return the same edges as contiguous arrays with their ties; raise ``BadArraysError`` if inconsistent."""
    indptr = as_i64("indptr", edges.indptr, (None,))
    if not len(indptr) or indptr[0] != 0 or (np.diff(indptr) < 0).any():
        raise BadArraysError("indptr starts at 0 and never falls")
    size = int(indptr[-1])
    mentor = as_rows("mentor", edges.mentor, (size,), mentors)
    value = as_i64("value", edges.value, (size,))
    mentee = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    _refuse_duplicates(mentee * max(mentors, 1) + mentor)
    refuse_large(value, len(indptr) - 1, mentors)
    if edges.tie is None:
        tie = TieBreak.by_row(len(indptr) - 1, mentors).of(mentee, mentor)
    else:
        tie = as_i64("tie", edges.tie, (size,))
    if size and (tie.min() < 0 or tie.max() >= 2**TIE_BITS):
        raise BadArraysError(f"tie lies outside 0 .. 2**{TIE_BITS}")
    return Edges(indptr, mentor, value, tie)


def refuse_large(value: I64, mentees: int, mentors: int) -> None:
    """Raise ``ValueTooLargeError`` where sums of these values and their ties could leave 64 bits."""
    if max(mentees, mentors) > LARGEST_SIDE:
        raise ValueTooLargeError(f"more than {LARGEST_SIDE} people on one side")
    largest = int(value.max(initial=0))
    if largest > LARGEST_VALUE or largest * max(mentees, 1) > LARGEST_TOTAL:
        raise ValueTooLargeError(
            f"values up to {largest} for {mentees} mentees could overflow 64-bit sums; lower the weights or bonuses"
        )


def checked_capacity(capacity: npt.ArrayLike) -> I64:
    """Return the places per mentor as int64; raise ``BadArraysError`` for negatives, fractions or NaN."""
    places = as_i64("capacity", capacity, (None,))
    if places.size and places.min() < 0:
        raise BadArraysError("capacity is negative")
    return places


def build_graph(
    edges: Edges, capacity: I64, core: NativeLibrary | None = None, *, closed: bool = False
) -> BipartiteGraph:
    """Drop useless edges (value <= 0, mentor without places) and index the rest from both sides.

    ``edges`` must be checked. With ``closed``, mentors without places keep their edges, for a later change of capacity.
    """
    mentees = edges.mentees
    mentee = np.repeat(np.arange(mentees), np.diff(edges.indptr))
    useful = (edges.value > 0) & (closed | (capacity[edges.mentor] > 0))
    mentee, mentor = mentee[useful], edges.mentor[useful]
    tie = edges.tie[useful] if edges.tie is not None else np.zeros(len(mentor), np.int64)
    return index_edges(_starts(mentee, mentees), mentor.astype(np.int32), edges.value[useful], tie, capacity, core)


def index_edges(
    indptr: I64, mentor: I32, value: I64, tie: I64, capacity: I64, core: NativeLibrary | None = None
) -> BipartiteGraph:
    """Index useful edges from the mentors' side as well; the arrays are not checked."""
    rows, columns, size = len(indptr) - 1, len(capacity), len(mentor)
    if core is None:
        from scipy.sparse import csr_array  # 25 MB of memory that only the Python twin needs

        mentee = np.repeat(np.arange(rows, dtype=np.int32), np.diff(indptr))
        numbers = np.arange(size, dtype=np.int32)
        by_mentor = csr_array((numbers, mentor, indptr), shape=(rows, columns)).tocsc().data
        return BipartiteGraph(indptr, mentor, value, tie, capacity, _starts(mentor, columns), by_mentor, mentee)
    mentor_indptr, by_mentor = np.empty(columns + 1, np.int64), np.empty(size, np.int32)
    mentee = np.empty(size, np.int32)
    core.cairn_index(number(rows), number(columns), *pointers(indptr, mentor, mentor_indptr, by_mentor, mentee))
    return BipartiteGraph(indptr, mentor, value, tie, capacity, mentor_indptr, by_mentor, mentee)


def subtract_offset(problem: BipartiteGraph, bonus_offset: I64 | None) -> tuple[BipartiteGraph, int]:
    """Take ``bonus_offset`` (M,) out of the values, and from all of them what the lowest has left.

    Return as well what a place then costs beside its price: what the lowest has left where people are left over,
    nothing where places are.
    """
    if bonus_offset is None or not len(problem.value):
        return problem, 0
    value = problem.value - bonus_offset[problem.mentee]
    level = int(value.min()) - 1
    places = np.minimum(problem.capacity, np.diff(problem.mentor_indptr)).sum()
    scarce = places < np.count_nonzero(np.diff(problem.indptr))
    return replace(problem, value=value - level), level if scarce else 0


def _starts(row: AnyArray, rows: int) -> I64:
    return np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))]).astype(np.int64)


def _refuse_duplicates(pair: I64) -> None:
    if (np.diff(pair) > 0).all():
        return
    ordered = np.sort(pair)
    if (ordered[1:] == ordered[:-1]).any():
        raise BadArraysError("a pair appears twice among the edges")
