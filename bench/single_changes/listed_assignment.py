"""The dynamic assignment: people arrive and leave one at a time, and the pairs equal those of a batch solve.

An arrival is one shortest augmenting path from the stored prices, a departure one repair of the place that becomes open
(the successive shortest path argument: prices stay feasible, only one person breaks complementary slackness). The
optimum of (value, tie) is unique, so the order of changes does not matter. A change touches only the people on its
path.
"""

from operator import index
from typing import Protocol

import numpy as np
import numpy.typing as npt

from services.matcher.solver.arrays import I64, as_i64, as_rows
from services.matcher.solver.assignment.bipartite_graph import (
    build_graph,
    checked_capacity,
    checked_edges,
    refuse_large,
)
from services.matcher.solver.assignment.optimum import Optimum
from services.matcher.solver.assignment.sparse_values import Assignment, Edges
from services.matcher.solver.assignment.tie_break import TIE_BITS
from services.matcher.solver.assignment.warm_start import checked_start
from services.matcher.solver.errors import BadArraysError
from services.matcher.solver.native import core

from .incident_edges import IncidentEdges
from .native_dynamic import NativeDynamic
from .python_dynamic import PythonDynamic


class _Backend(Protocol):
    """The interface of both twins: edges, capacity, prices and pairs, exact after every change."""

    @property
    def mentees(self) -> int: ...

    @property
    def mentors(self) -> int: ...

    def add_mentee(self) -> int: ...

    def add_mentor(self) -> int: ...

    def connect_mentee(self, row: int, edges: IncidentEdges) -> None: ...

    def connect_mentor(self, row: int, edges: IncidentEdges) -> None: ...

    def drop_mentee(self, row: int) -> None: ...

    def drop_mentor(self, row: int) -> None: ...

    def set_capacity(self, row: int, capacity: int) -> None: ...

    def take_lowered(self) -> list[int]: ...

    def outcome(self) -> Optimum: ...

    def value(self) -> int: ...


class ListedAssignment:
    """Edges, capacity, prices and pairs that change one person at a time. Rows never change their numbers.

    Exact over its edges. If those are the pairs of a restricted problem, an unlisted pair can get a negative reduced
    cost when one of its prices falls. Arrivals of mentees and lost places lower mentees' prices: ``take_lowered``
    returns those mentees. An open place lowers mentors' prices (a mentee left or got a better edge; a mentor arrived or
    got places): this is not reported, so compare ``outcome`` before and after.
    """

    def __init__(
        self, edges: Edges, capacity: npt.ArrayLike, assignment: Assignment, *, compiled: bool | None = None
    ) -> None:
        places = checked_capacity(capacity)
        library = core(compiled)
        problem = build_graph(checked_edges(edges, len(places)), places, library, closed=True)
        start = checked_start(assignment, problem.mentees, places)
        self._backend: _Backend = (
            PythonDynamic(problem, start) if library is None else NativeDynamic(library, problem, start)
        )

    def insert_mentee(self, mentors: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike) -> int:
        """Add a mentee with these edges and match them if possible; return their row."""
        edges = self._incident_edges(mentors, values, ties, self._backend.mentors)
        row = self._backend.add_mentee()
        self._backend.connect_mentee(row, edges)
        return row

    def remove_mentee(self, row: int) -> None:
        """Remove a mentee; the row stays, without edges, and the open place is filled again if that gains value."""
        self._backend.drop_mentee(_checked_row(row, self._backend.mentees))

    def insert_mentor(self, mentees: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike, capacity: int) -> int:
        """Add a mentor with these edges and places, and fill places where that gains value; return their row."""
        edges, places = self._incident_edges(mentees, values, ties, self._backend.mentees), _places(capacity)
        row = self._backend.add_mentor()
        self._backend.connect_mentor(row, edges)
        self._backend.set_capacity(row, places)
        return row

    def remove_mentor(self, row: int) -> None:
        """Remove a mentor; the row stays, without edges, and their mentees are matched again if possible."""
        self._backend.drop_mentor(_checked_row(row, self._backend.mentors))

    def set_capacity(self, row: int, capacity: int) -> None:
        """Change the number of places of a mentor."""
        self._backend.set_capacity(_checked_row(row, self._backend.mentors), _places(capacity))

    def add_pairs(self, mentee: int, mentors: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike) -> None:
        """Add edges of a mentee; edges that exist keep their value."""
        edges = self._incident_edges(mentors, values, ties, self._backend.mentors)
        self._backend.connect_mentee(_checked_row(mentee, self._backend.mentees), edges)

    def take_lowered(self) -> list[int]:
        """Return the mentees whose price may have fallen since the last call, ascending: all of them, and maybe more.

        Mentors, whose prices fall when a place becomes open, are not reported (see above); neither are people for being
        removed.
        """
        return self._backend.take_lowered()

    def outcome(self) -> Optimum:
        """Return the present pairs and prices."""
        return self._backend.outcome()

    def assignment(self) -> Assignment:
        """Return the present assignment."""
        optimum = self._backend.outcome()
        return Assignment(
            optimum.mentor_of,
            optimum.mentee_price,
            optimum.mentor_price,
            optimum.mentee_tie_price,
            optimum.mentor_tie_price,
            self._backend.value(),
        )

    def _incident_edges(
        self, people: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike, limit: int
    ) -> IncidentEdges:
        rows: I64 = as_rows("people", people, (None,), limit)
        value, tie = as_i64("values", values, (len(rows),)), as_i64("ties", ties, (len(rows),))
        if len(np.unique(rows)) < len(rows):
            raise BadArraysError("people names a row twice")
        if len(tie) and (tie.min() < 0 or tie.max() >= 2**TIE_BITS):
            raise BadArraysError(f"tie lies outside 0 .. 2**{TIE_BITS}")
        refuse_large(value, self._backend.mentees + 1, self._backend.mentors + 1)
        useful = value > 0
        return IncidentEdges(rows[useful].tolist(), value[useful].tolist(), tie[useful].tolist())


def _checked_row(row: int, rows: int) -> int:
    try:
        number = -1 if isinstance(row, bool | np.bool_) else index(row)
    except TypeError:
        number = -1
    if not 0 <= number < rows:
        raise BadArraysError(f"row {row} is not there")
    return number


def _places(capacity: int) -> int:
    return int(checked_capacity([capacity])[0])
