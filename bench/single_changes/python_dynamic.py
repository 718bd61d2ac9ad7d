"""The dynamic assignment in Python; twin of ``native_dynamic``."""

import numpy as np

from services.matcher.solver.assignment.bipartite_graph import BipartiteGraph
from services.matcher.solver.assignment.optimum import Optimum
from services.matcher.solver.assignment.python_augment import FOLD, PythonAugmenter, fold, unfold

from .incident_edges import IncidentEdges


class PythonDynamic:
    """The dynamic assignment in Python."""

    def __init__(self, problem: BipartiteGraph, start: Optimum) -> None:
        prices = fold(start.mentor_price, start.mentor_tie_price)
        self._state = PythonAugmenter(problem, prices, start.mentor_of.tolist())
        self._state.run(lambda _: None)
        self._state.lowered.clear()

    @property
    def mentees(self) -> int:
        """Rows of mentees so far."""
        return len(self._state.mentor_of)

    @property
    def mentors(self) -> int:
        """Rows of mentors so far."""
        return len(self._state.capacity)

    def add_mentee(self) -> int:
        """Add a mentee without edges; return their row."""
        self._state.mentee_edges.append([])
        self._state.mentee_price.append(0)
        self._state.mentor_of.append(-1)
        return self.mentees - 1

    def add_mentor(self) -> int:
        """Add a mentor without edges or places; return their row."""
        self._state.mentor_edges.append([])
        self._state.mentor_price.append(0)
        self._state.capacity.append(0)
        self._state.members.append(set())
        return self.mentors - 1

    def connect_mentee(self, row: int, edges: IncidentEdges) -> None:
        """Add edges that a mentee does not have yet, and make the assignment optimal again."""
        state = self._state
        known = {j for j, _ in state.mentee_edges[row]}
        new = [edge for edge in _folded(edges) if edge[0] not in known]
        state.mentee_edges[row] += new
        for j, worth in new:
            state.mentor_edges[j].append((row, worth))
        best = max((worth - state.mentor_price[j] for j, worth in new), default=0)
        if best <= state.mentee_price[row]:
            return
        state.mentee_price[row] = best
        left = state.unmatch(row)
        state.augment_mentee(row)
        if left >= 0:
            state.fill_open_places(left)

    def connect_mentor(self, row: int, edges: IncidentEdges) -> None:
        """Set the edges of a new mentor without places, and the price that a first place would have."""
        state, new = self._state, _folded(edges)
        state.mentor_edges[row] = new
        for i, worth in new:
            state.mentee_edges[i].append((row, worth))
        state.mentor_price[row] = max(0, max((worth - state.mentee_price[i] for i, worth in new), default=0))

    def drop_mentee(self, row: int) -> None:
        """Remove a mentee."""
        state = self._state
        for j, _ in state.mentee_edges[row]:
            state.mentor_edges[j] = [edge for edge in state.mentor_edges[j] if edge[0] != row]
        state.mentee_edges[row] = []
        left = state.unmatch(row)
        state.mentee_price[row] = 0
        if left >= 0:
            state.fill_open_places(left)

    def drop_mentor(self, row: int) -> None:
        """Remove a mentor."""
        state = self._state
        for i, _ in state.mentor_edges[row]:
            state.mentee_edges[i] = [edge for edge in state.mentee_edges[i] if edge[0] != row]
        self.set_capacity(row, 0)
        state.mentor_edges[row] = []
        state.mentor_price[row] = 0

    def set_capacity(self, row: int, capacity: int) -> None:
        """Change the number of places of a mentor."""
        state = self._state
        state.capacity[row] = capacity
        surplus = sorted(state.members[row])[capacity:]
        for i in surplus:
            state.unmatch(i)
        for i in surplus:
            state.augment_mentee(i)
        state.fill_open_places(row)

    def take_lowered(self) -> list[int]:
        """Return the mentees whose price may have fallen since the last call, ascending."""
        lowered = sorted(self._state.lowered)
        self._state.lowered.clear()
        return lowered

    def outcome(self) -> Optimum:
        """Return the present pairs and prices."""
        u, p = unfold(self._state.mentee_price)
        v, q = unfold(self._state.mentor_price)
        return Optimum(np.array(self._state.mentor_of, dtype=np.int64), u, p, v, q)

    def value(self) -> int:
        """Return the total value of the pairs."""
        return sum(
            next(worth for at, worth in self._state.mentee_edges[i] if at == j) >> FOLD
            for i, j in enumerate(self._state.mentor_of)
            if j >= 0
        )


def _folded(edges: IncidentEdges) -> list[tuple[int, int]]:
    return [(row, (value << FOLD) + tie) for row, value, tie in zip(*edges, strict=True)]
