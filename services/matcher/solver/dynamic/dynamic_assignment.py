"""A standing optimum: people come and go one at a time, and the pairs stay those a batch would give.

A newcomer is one shortest augmenting path from the stored prices, a leaver one repair of the place they leave (the
successive shortest path argument: prices stay feasible, only one person is out of order). The optimum of (value, tie)
is unique, so the order of changes does not matter. A change touches only the people along its path.
"""

from operator import index
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..arrays import I64, as_i64, as_rows
from ..assignment.bipartite_graph import checked_capacity, checked_edges, problem_of, refuse_large
from ..assignment.optimum import Optimum
from ..assignment.sparse_values import Assignment, Edges
from ..assignment.tie_break import TIE_BITS
from ..assignment.warm_start import checked_start
from ..errors import BadArraysError
from ..native import core
from .incident_edges import IncidentEdges
from .native_dynamic import CompiledStanding
from .python_dynamic import PlainStanding


class _Market(Protocol):
    """What both twins keep: edges, capacity, prices and pairs, made exact after every change."""

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


class DynamicAssignment:
    """Edges, capacity, prices and pairs that change one person at a time. Rows keep their numbers for good.

    Exact over the edges it was given. Where those are the core of a larger market, a pair left out can come to matter
    when one of its prices falls. Newcomers and lost places make mentees' prices fall: `take_lowered` names the mentees.
    A free place makes mentors' prices fall (somebody left, or learnt of a better mentor; a mentor came or has more
    places): nobody is named for that, so ask `outcome` before and after.
    """

    def __init__(
        self, edges: Edges, capacity: npt.ArrayLike, assignment: Assignment, *, compiled: bool | None = None
    ) -> None:
        places = checked_capacity(capacity)
        library = core(compiled)
        problem = problem_of(checked_edges(edges, len(places)), places, library, closed=True)
        start = checked_start(assignment, problem.mentees, places)
        self._market: _Market = (
            PlainStanding(problem, start) if library is None else CompiledStanding(library, problem, start)
        )

    def insert_mentee(self, mentors: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike) -> int:
        """Add a mentee with these edges and place them; return their row."""
        edges = self._star(mentors, values, ties, self._market.mentors)
        row = self._market.add_mentee()
        self._market.connect_mentee(row, edges)
        return row

    def remove_mentee(self, row: int) -> None:
        """Take a mentee out; the row stays, without edges, and the place goes to whoever it is worth most for."""
        self._market.drop_mentee(_there(row, self._market.mentees))

    def insert_mentor(self, mentees: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike, capacity: int) -> int:
        """Add a mentor with these edges and places, and fill the places worth filling; return their row."""
        edges, places = self._star(mentees, values, ties, self._market.mentees), _places(capacity)
        row = self._market.add_mentor()
        self._market.connect_mentor(row, edges)
        self._market.set_capacity(row, places)
        return row

    def remove_mentor(self, row: int) -> None:
        """Take a mentor out; the row stays, without edges, and their mentees are placed anew."""
        self._market.drop_mentor(_there(row, self._market.mentors))

    def set_capacity(self, row: int, capacity: int) -> None:
        """Give a mentor more places or fewer."""
        self._market.set_capacity(_there(row, self._market.mentors), _places(capacity))

    def add_pairs(self, mentee: int, mentors: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike) -> None:
        """Let a mentee meet more mentors than known so far."""
        edges = self._star(mentors, values, ties, self._market.mentors)
        self._market.connect_mentee(_there(mentee, self._market.mentees), edges)

    def take_lowered(self) -> list[int]:
        """Return the mentees whose price may have fallen since the last call, ascending; all of them, and maybe more.

        Of mentors, whose prices fall where a place becomes free, it says nothing (see above). Who was taken out has no
        price any more, and is not named for that.
        """
        return self._market.take_lowered()

    def outcome(self) -> Optimum:
        """Return pairs and prices as they stand."""
        return self._market.outcome()

    def assignment(self) -> Assignment:
        """Return the standing answer."""
        now = self._market.outcome()
        return Assignment(
            now.mentor_of,
            now.mentee_price,
            now.mentor_price,
            now.mentee_tie_price,
            now.mentor_tie_price,
            self._market.value(),
        )

    def _star(self, people: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike, limit: int) -> IncidentEdges:
        who: I64 = as_rows("people", people, (None,), limit)
        value, tie = as_i64("values", values, (len(who),)), as_i64("ties", ties, (len(who),))
        if len(np.unique(who)) < len(who):
            raise BadArraysError("people names a row twice")
        if len(tie) and (tie.min() < 0 or tie.max() >= 2**TIE_BITS):
            raise BadArraysError(f"tie lies outside 0 .. 2**{TIE_BITS}")
        refuse_large(value, self._market.mentees + 1, self._market.mentors + 1)
        useful = value > 0
        return IncidentEdges(who[useful].tolist(), value[useful].tolist(), tie[useful].tolist())


def _there(row: int, rows: int) -> int:
    try:
        number = -1 if isinstance(row, bool | np.bool_) else index(row)
    except TypeError:
        number = -1
    if not 0 <= number < rows:
        raise BadArraysError(f"row {row} is not there")
    return number


def _places(capacity: int) -> int:
    return int(checked_capacity([capacity])[0])
