"""Exact repair in Python: shortest augmenting paths from both sides, over two-word values.

Successive shortest paths with potentials (Edmonds and Karp, JACM 19, 1972; Tomizawa, Networks 1, 1971), with the two
exits of an inequality problem: a mentee may stay unmatched when their price is zero, and a place may stay open when its
price is. The two words of a value are folded into one Python integer, which compares and adds like the pair.
Twin of ``augment.c``.
"""

from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from ..arrays import I64
from .bipartite_graph import BipartiteGraph
from .optimum import Pause

FOLD = 64
_HALF = 1 << (FOLD - 1)


class PythonAugmenter:
    """The prices and pairs of one problem, made exact by ``run``.

    Invariants: prices >= 0, reduced costs >= 0 on every edge, reduced cost zero on matched pairs.
    After ``run`` every unmatched mentee and every mentor with an open place has price zero, which is optimal.
    """

    def __init__(self, problem: BipartiteGraph, mentor_price: list[int], mentor_of: list[int]) -> None:
        worth = [(value << FOLD) + tie for value, tie in zip(problem.value.tolist(), problem.tie.tolist(), strict=True)]
        mentor, mentee = problem.mentor.tolist(), problem.mentee.tolist()
        starts, places = problem.indptr.tolist(), problem.mentor_indptr.tolist()
        order = problem.by_mentor.tolist()
        self.mentee_edges = [list(zip(mentor[a:b], worth[a:b], strict=True)) for a, b in pairwise(starts)]
        self.mentor_edges = [[(mentee[e], worth[e]) for e in order[a:b]] for a, b in pairwise(places)]
        self.capacity = problem.capacity.tolist()
        self.mentor_price = mentor_price
        self.mentee_price = [
            max(0, max((worth - mentor_price[j] for j, worth in edges), default=0)) for edges in self.mentee_edges
        ]
        self.lowered: set[int] = set()  # mentees whose price may have fallen
        self.members: list[set[int]] = [set() for _ in self.capacity]
        self.mentor_of = [-1] * problem.mentees
        for i, j in enumerate(mentor_of):
            if j >= 0:
                self._match_if_tight(i, j)

    def _match_if_tight(self, i: int, j: int) -> None:
        worth = next((worth for at, worth in self.mentee_edges[i] if at == j), None)
        tight = worth is not None and self.mentee_price[i] + self.mentor_price[j] == worth
        if tight and len(self.members[j]) < self.capacity[j]:
            self.mentor_of[i] = j
            self.members[j].add(i)

    def run(self, pause: Pause) -> None:
        """Augment from every unmatched mentee with a price, then from every open place with a price."""
        for i, price in enumerate(self.mentee_price):
            if self.mentor_of[i] < 0 and price > 0:
                pause(i / len(self.mentor_of))
                self.augment_mentee(i)
        for j in range(len(self.capacity)):
            pause(j / len(self.capacity))
            self.fill_open_places(j)

    def fill_open_places(self, j: int) -> None:
        """Fill the open places of mentor ``j``, or lower their price to zero."""
        while len(self.members[j]) < self.capacity[j] and self.mentor_price[j] > 0:
            self.augment_mentor(j)

    def augment_mentee(self, start: int) -> None:
        """Match mentee ``start`` along the shortest augmenting path, which may leave another mentee unmatched."""
        u, v = self.mentee_price, self.mentor_price
        reached: dict[int, int] = {start: 0}  # mentee -> distance
        tentative: dict[int, int] = {}  # mentor -> distance
        came_from: dict[int, int] = {}  # mentor -> mentee
        solved: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        best, end_mentee, end_mentor = u[start], start, -1
        reached_now = [start]
        while True:
            for i in reached_now:
                here = reached[i]
                if here + u[i] < best:
                    best, end_mentee, end_mentor = here + u[i], i, -1
                base, own = here + u[i], self.mentor_of[i]
                for j, worth in self.mentee_edges[i]:
                    distance = base + v[j] - worth
                    if distance < best and j != own and distance < tentative.get(j, best):
                        tentative[j] = distance
                        came_from[j] = i
                        if len(self.members[j]) < self.capacity[j]:
                            best, end_mentee, end_mentor = distance, -1, j
                        else:
                            heappush(heap, (distance, j))
            while heap and heap[0][1] in solved:
                heappop(heap)
            if not heap or heap[0][0] >= best:
                break
            distance, j = heappop(heap)
            solved[j] = distance
            reached_now = list(self.members[j])
            for i in reached_now:
                reached[i] = distance
        for i, distance in reached.items():
            u[i] -= max(0, best - distance)
        self.lowered.update(reached)
        for j, distance in solved.items():
            v[j] += max(0, best - distance)
        self._move_along(start, end_mentee, end_mentor, came_from)

    def _move_along(self, start: int, end_mentee: int, end_mentor: int, came_from: dict[int, int]) -> None:
        j = end_mentor
        if end_mentor < 0:
            j = self.unmatch(end_mentee)
            if end_mentee == start:
                return
        while True:
            i = came_from[j]
            left = self.unmatch(i)
            self._match(i, j)
            if i == start:
                return
            j = left

    def augment_mentor(self, start: int) -> None:
        """Fill an open place of mentor ``start`` along the shortest path, or lower the price at its end to zero."""
        u, v = self.mentee_price, self.mentor_price
        reached: dict[int, int] = {}  # mentor -> distance
        leaver: dict[int, int] = {}  # mentor -> the mentee through whom it was reached
        tentative: dict[int, int] = {}  # mentee -> distance
        came_from: dict[int, int] = {}  # mentee -> mentor
        solved: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        best, end_mentee, end_mentor = v[start], -1, start
        j, here = start, 0
        while j >= 0:
            reached[j] = here
            solved.update((i, here) for i in self.members[j] if i not in solved)
            base = here + v[j]
            if base < best:
                best, end_mentee, end_mentor = base, -1, j
            for i, worth in self.mentor_edges[j]:
                distance = base + u[i] - worth
                if distance < best and i not in solved and distance < tentative.get(i, best):
                    tentative[i] = distance
                    came_from[i] = j
                    if self.mentor_of[i] < 0:
                        best, end_mentee, end_mentor = distance, i, -1
                    else:
                        heappush(heap, (distance, i))
            j = -1
            while heap and heap[0][0] < best and j < 0:
                here, i = heappop(heap)
                if i not in solved:  # then the mentor is not settled either: mentees settle together with their mentor
                    j = self.mentor_of[i]
                    leaver[j] = i
        for j, distance in reached.items():
            v[j] -= max(0, best - distance)
        for i, distance in solved.items():
            u[i] += max(0, best - distance)
        if end_mentee >= 0 or end_mentor != start:
            self._shift_along(start, end_mentee if end_mentee >= 0 else leaver[end_mentor], came_from, leaver)

    def _shift_along(self, start: int, i: int, came_from: dict[int, int], leaver: dict[int, int]) -> None:
        while True:
            j = came_from[i]
            self.unmatch(i)
            self._match(i, j)
            if j == start:
                return
            i = leaver[j]

    def unmatch(self, i: int) -> int:
        """Unmatch mentee ``i``; return the mentor they had, or -1."""
        left = self.mentor_of[i]
        if left >= 0:
            self.members[left].discard(i)
            self.mentor_of[i] = -1
        return left

    def _match(self, i: int, j: int) -> None:
        self.mentor_of[i] = j
        self.members[j].add(i)


def unfold(prices: list[int]) -> tuple[I64, I64]:
    """Split folded prices into the words value and tie (the second may be negative)."""
    first = [(price + _HALF) >> FOLD for price in prices]
    second = [price - (word << FOLD) for price, word in zip(prices, first, strict=True)]
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def fold(first: I64, second: I64) -> list[int]:
    """Fold two-word prices into Python integers."""
    return [(a << FOLD) + b for a, b in zip(first.tolist(), second.tolist(), strict=True)]
