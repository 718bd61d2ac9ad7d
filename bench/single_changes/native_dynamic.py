"""The dynamic assignment in C; twin of ``python_dynamic``.

The arrays of ``market.h`` with spare entries: a row or column of edges or places moves to the end when it is full;
edges of people who left stay, at a value that is never used.
"""

import numpy as np

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment.bipartite_graph import BipartiteGraph
from services.matcher.solver.assignment.native_market import MarketFields, Work
from services.matcher.solver.assignment.native_optimise import optimise_native
from services.matcher.solver.assignment.optimum import Optimum, no_pause
from services.matcher.solver.native import CStruct, NativeLibrary, number

from .growing_rows import Segments
from .incident_edges import IncidentEdges

GONE = -(2**60)  # the value of edges of people who left; such edges are never used
ROOM = 4  # spare entries of a new row or column
Worth = tuple[int, int]  # value and tie, compared in that order
NOTHING: Worth = (0, 0)


class NativeDynamic:
    """The dynamic assignment in C."""

    def __init__(self, core: NativeLibrary, problem: BipartiteGraph, start: Optimum) -> None:
        optimum = optimise_native(core, problem, start, None, None, no_pause)
        self._core = core
        self._capacity: list[int] = problem.capacity.tolist()
        degree = np.zeros(problem.mentors, np.int64)
        self._rows = Segments(np.zeros(problem.mentees, np.int64), 0)
        self._columns, self._places = Segments(degree, 0), Segments(degree, 0)
        nobody, nothing = np.zeros(0, np.int32), np.zeros(0, np.int64)
        self._market = CStruct(
            MarketFields(mentees=0, mentors=0),
            **dict.fromkeys(("mentor", "mentee", "by_mentor", "slot_edge", "load", "edge_of"), nobody),
            **dict.fromkeys(("value", "tie", "u", "v", "p", "q"), nothing),
        )
        self._work = Work(0, 0)
        self._make_room(problem.mentees, problem.mentors)
        self._load(problem, optimum)

    @property
    def mentees(self) -> int:
        """Rows of mentees so far."""
        return len(self._rows.start)

    @property
    def mentors(self) -> int:
        """Rows of mentors so far."""
        return len(self._capacity)

    def add_mentee(self) -> int:
        """Add a mentee without edges; return their row."""
        self._rows.add(ROOM)
        self._make_room(self.mentees, self.mentors)
        return self.mentees - 1

    def add_mentor(self) -> int:
        """Add a mentor without edges or places; return their row."""
        self._capacity.append(0)
        self._columns.add(ROOM)
        self._places.add(ROOM)
        self._make_room(self.mentees, self.mentors)
        return self.mentors - 1

    def connect_mentee(self, row: int, edges: IncidentEdges) -> None:
        """Add edges that a mentee does not have yet, and make the assignment optimal again."""
        known = set(self._mentors_of(row))
        best = NOTHING
        for j, value, tie in zip(*edges, strict=True):
            if j not in known:
                self._connect(row, j, value, tie)
                best = max(best, _less((value, tie), self._price("v", "q", j)))
        self._set_pointers()
        if best <= self._price("u", "p", row):
            return
        self._set_price("u", "p", row, best)
        left = self._unmatch(row)
        self._augment_mentee(row)
        if left >= 0:
            self._fill_open_places(left)

    def connect_mentor(self, row: int, edges: IncidentEdges) -> None:
        """Set the edges of a new mentor without places, and the price that a first place would have."""
        best = NOTHING
        for i, value, tie in zip(*edges, strict=True):
            self._connect(i, row, value, tie)
            best = max(best, _less((value, tie), self._price("u", "p", i)))
        self._set_price("v", "q", row, best)
        self._set_pointers()

    def drop_mentee(self, row: int) -> None:
        """Remove a mentee."""
        left = self._unmatch(row)
        self._array("value")[self._rows.start[row] : self._rows.end[row]] = GONE
        self._rows.start[row] = self._rows.end[row]  # columns still contain these edges: keep their numbers
        self._set_pointers()
        self._set_price("u", "p", row, NOTHING)
        if left >= 0:
            self._fill_open_places(left)

    def drop_mentor(self, row: int) -> None:
        """Remove a mentor."""
        own_edges = self._array("by_mentor")[self._columns.start[row] : self._columns.end[row]]
        matched = self._members(row)
        self._array("value")[own_edges] = GONE
        self._columns.end[row] = self._columns.start[row]
        self._set_pointers()
        self._capacity[row] = 0
        for i in matched:
            self._unmatch(i)
        self._places.end[row] = self._places.start[row]
        self._set_price("v", "q", row, NOTHING)
        self._set_pointers()
        for i in matched:
            self._augment_mentee(i)

    def set_capacity(self, row: int, capacity: int) -> None:
        """Change the number of places of a mentor."""
        self._capacity[row] = capacity
        surplus = self._members(row)[capacity:]
        for i in surplus:
            self._unmatch(i)
        self._fit_places(row)
        self._set_pointers()
        for i in surplus:
            self._augment_mentee(i)
        self._fill_open_places(row)

    def take_lowered(self) -> list[int]:
        """Return the mentees whose price fell since the last call, ascending."""
        lowered = self._work.arrays["lowered"]
        rows: list[int] = np.flatnonzero(lowered[: self.mentees]).tolist()
        lowered[:] = 0
        return rows

    def outcome(self) -> Optimum:
        """Return the present pairs and prices."""
        mentor_of = np.full(self.mentees, -1, np.int64)
        own = self._array("edge_of")[: self.mentees]
        matched = own >= 0
        mentor_of[matched] = self._array("mentor")[own[matched]]
        u, p = (self._array(name)[: self.mentees].copy() for name in ("u", "p"))
        v, q = (self._array(name)[: self.mentors].copy() for name in ("v", "q"))
        return Optimum(mentor_of, u, p, v, q)

    def value(self) -> int:
        """Return the total value of the pairs."""
        own = self._array("edge_of")[: self.mentees]
        return sum(self._array("value")[own[own >= 0]].tolist())

    def _load(self, problem: BipartiteGraph, optimum: Optimum) -> None:
        """Copy the problem's edges, row by row, and match the pairs."""
        degree = np.diff(problem.mentor_indptr)
        places = np.minimum(problem.capacity, degree + 1)
        self._rows = Segments(np.diff(problem.indptr), ROOM)
        self._columns, self._places = Segments(degree, ROOM), Segments(places, ROOM)
        self._enlarge(("mentor", "mentee", "value", "tie"), self._rows.size)
        self._enlarge(("by_mentor",), self._columns.size)
        self._enlarge(("slot_edge",), self._places.size)
        at = np.arange(len(problem.mentor)) + np.repeat(self._rows.start - problem.indptr[:-1], np.diff(problem.indptr))
        for name, content in (
            ("mentor", problem.mentor),
            ("mentee", problem.mentee),
            ("value", problem.value),
            ("tie", problem.tie),
        ):
            self._array(name)[at] = content
        shift = np.repeat(self._columns.start - problem.mentor_indptr[:-1], degree)
        self._array("by_mentor")[np.arange(len(problem.by_mentor)) + shift] = at[problem.by_mentor]
        for name, price in (("u", optimum.mentee_price), ("p", optimum.mentee_tie_price)):
            self._array(name)[: self.mentees] = price
        for name, price in (("v", optimum.mentor_price), ("q", optimum.mentor_tie_price)):
            self._array(name)[: self.mentors] = price
        self._set_pointers()
        matched = np.flatnonzero(optimum.mentor_of[problem.mentee] == problem.mentor)
        for e in at[matched].tolist():
            self._seat(e)

    def _seat(self, e: int) -> None:
        i, j = int(self._array("mentee")[e]), int(self._array("mentor")[e])
        self._array("slot_edge")[self._places.start[j] + self._array("load")[j]] = e
        self._array("load")[j] += 1
        self._array("edge_of")[i] = e

    def _connect(self, i: int, j: int, value: int, tie: int) -> None:
        """Add one edge at the end of its row and of its column."""
        moved = self._rows.stretch(i, 1)
        self._enlarge(("mentor", "mentee", "value", "tie"), self._rows.size)
        if moved:
            self._move_row(i, *moved)
        e = int(self._rows.end[i]) - 1
        for name, content in (("mentor", j), ("mentee", i), ("value", value), ("tie", tie)):
            self._array(name)[e] = content
        moved = self._columns.stretch(j, 1)
        self._enlarge(("by_mentor",), self._columns.size)
        if moved:
            self._array("by_mentor")[moved[1]] = self._array("by_mentor")[moved[0]]
        self._array("by_mentor")[self._columns.end[j] - 1] = e
        self._fit_places(j)

    def _move_row(self, i: int, old: slice, new: slice) -> None:
        """Move the edges of a row to new numbers, also in columns and places."""
        for name in ("mentor", "mentee", "value", "tie"):
            self._array(name)[new] = self._array(name)[old]
        by_mentor, shift = self._array("by_mentor"), new.start - old.start
        for e in range(old.start, old.stop):
            j = int(self._array("mentor")[e])
            column = by_mentor[self._columns.start[j] : self._columns.end[j]]
            column[column == e] = e + shift
        own = int(self._array("edge_of")[i])
        if own >= 0:
            j = int(self._array("mentor")[own])
            seats = self._array("slot_edge")[self._places.start[j] : self._places.end[j]]
            seats[seats == own] = own + shift
            self._array("edge_of")[i] = own + shift

    def _fit_places(self, j: int) -> None:
        """Set the number of places to the mentor's capacity, cut to one more than their edges."""
        wanted = min(self._capacity[j], int(self._columns.end[j] - self._columns.start[j]) + 1)
        now = int(self._places.end[j] - self._places.start[j])
        if wanted <= now:
            self._places.end[j] = self._places.start[j] + max(wanted, int(self._array("load")[j]))
            return
        moved = self._places.stretch(j, wanted - now)
        self._enlarge(("slot_edge",), self._places.size)
        if moved:
            self._array("slot_edge")[moved[1]] = self._array("slot_edge")[moved[0]]

    def _mentors_of(self, row: int) -> list[int]:
        own_edges = slice(int(self._rows.start[row]), int(self._rows.end[row]))
        known: list[int] = self._array("mentor")[own_edges][self._array("value")[own_edges] > 0].tolist()
        return known

    def _members(self, row: int) -> list[int]:
        first = int(self._places.start[row])
        seats = self._array("slot_edge")[first : first + int(self._array("load")[row])]
        return sorted(self._array("mentee")[seats].tolist())

    def _unmatch(self, row: int) -> int:
        return int(self._core.cairn_leave(self._market.reference, number(row)))

    def _augment_mentee(self, row: int) -> None:
        self._core.cairn_place_one(self._market.reference, self._work.reference, number(row))

    def _fill_open_places(self, row: int) -> None:
        self._core.cairn_settle_one(self._market.reference, self._work.reference, number(row))

    def _price(self, first: str, second: str, row: int) -> Worth:
        return int(self._array(first)[row]), int(self._array(second)[row])

    def _set_price(self, first: str, second: str, row: int, price: Worth) -> None:
        self._array(first)[row], self._array(second)[row] = price

    def _array(self, name: str) -> I64:
        array: I64 = self._market.arrays[name]
        return array

    def _enlarge(self, names: tuple[str, ...], size: int) -> None:
        for name in names:
            before = self._market.arrays[name]
            if len(before) < size:
                wider = np.zeros(size + size // 2, before.dtype)
                wider[: len(before)] = before
                self._market.swap(name, wider)

    def _make_room(self, mentees: int, mentors: int) -> None:
        """Enlarge the arrays of people; new people are unmatched, at price zero."""
        before = len(self._market.arrays["edge_of"])
        self._enlarge(("u", "p", "edge_of"), mentees)
        self._array("edge_of")[before:] = -1
        self._enlarge(("v", "q", "load"), mentors)
        if len(self._work.arrays["lowered"]) < mentees or len(self._work.arrays["leaver"]) < mentors:
            lowered = self._work.arrays["lowered"]
            self._work = Work(mentees + mentees // 2, mentors + mentors // 2)
            self._work.arrays["lowered"][: len(lowered)] = lowered
        self._set_pointers()

    def _set_pointers(self) -> None:
        """Set the pointers to rows, columns and places, and the numbers of people."""
        for name, content in (
            ("indptr", self._rows.start),
            ("row_end", self._rows.end),
            ("mentor_indptr", self._columns.start),
            ("mentor_end", self._columns.end),
            ("slot_start", self._places.start),
            ("slot_end", self._places.end),
        ):
            self._market.swap(name, content)
        self._market.structure.mentees, self._market.structure.mentors = self.mentees, self.mentors


def _less(worth: Worth, price: Worth) -> Worth:
    return worth[0] - price[0], worth[1] - price[1]
