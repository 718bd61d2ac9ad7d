"""Forward and reverse auction with native capacities in plain Python; twin of `auction.c`, see `strategy`.

The outcome is only a good start, which `plain_repair` makes exact, so a run may stop anywhere.
"""

from collections import deque
from heapq import heapify, heappush, heapreplace
from itertools import pairwise

import numpy as np

from ..arrays import I64
from .bipartite_graph import BipartiteGraph
from .epsilon_schedule import ONE_SIDED_BUDGET, SCALE, SCARCE, SURPLUS, from_near, places_per_mentee, schedules
from .optimum import Pause

AT_ONCE = 16  # places a mentor fills in one go
SLICE = 1000  # bids between two looks at the clock


class PlainAuction:
    """Prices and pairs while both sides bid. Places of a mentor are a heap of (bid, mentee, worth)."""

    def __init__(self, problem: BipartiteGraph) -> None:
        self._problem = problem
        worth = (problem.value * SCALE).tolist()
        mentor, mentee, order = problem.mentor.tolist(), problem.mentee.tolist(), problem.by_mentor.tolist()
        self._mentors_of = [mentor[a:b] for a, b in pairwise(problem.indptr.tolist())]
        self._worth_of = [worth[a:b] for a, b in pairwise(problem.indptr.tolist())]
        self._court = [[(mentee[e], worth[e]) for e in order[a:b]] for a, b in pairwise(problem.mentor_indptr.tolist())]
        self._capacity = problem.capacity.tolist()
        self._seats: list[list[tuple[int, int, int]]] = [[] for _ in self._capacity]
        self._mentee_price = [0] * problem.mentees
        self._reserve = [0] * problem.mentees
        self._left = 0
        self.mentor_price = [0] * problem.mentors
        self.mentor_of = [-1] * problem.mentees

    def run_from(self, mentor_of: list[int], prices: list[int], off: int | None, pause: Pause) -> None:
        """Let both sides bid from these pairs and prices, not scaled; `off` is how far they may lie, if known."""
        self.mentor_price = [SCALE * max(0, price) for price in prices]
        for i, j in enumerate(mentor_of):
            if j in self._mentors_of[i]:
                self.mentor_of[i] = j
                self._seats[j].append((0, i, self._worth_of[i][self._mentors_of[i].index(j)]))
        if len(self._problem.mentor):
            self._both_bid(pause, schedules(self._problem) if off is None else from_near(self._problem, off))

    def forward(self, epsilon: int, reserve: I64, pause: Pause) -> None:
        """Let mentees bid from today's prices, nobody for less than their scaled `reserve` (M,)."""
        self._reserve = reserve.tolist()
        self._left = ONE_SIDED_BUDGET * len(self._problem.mentor)
        self._forward(epsilon, self._loosened(epsilon), pause)

    def prices(self) -> I64:
        """Return (N,) scaled prices."""
        return np.array(self.mentor_price, dtype=np.int64)

    def run(self, pause: Pause) -> None:
        """Bid as suits the market; afterwards `mentor_price` is scaled by SCALE."""
        if not len(self._problem.mentor):
            return
        ratio = places_per_mentee(self._problem)
        self._left = ONE_SIDED_BUDGET * len(self._problem.mentor)
        if ratio < SCARCE and self._mentors_bid(pause):
            return
        if ratio > SURPLUS and self._forward(1, self._loosened(1), pause):
            return
        self._both_bid(pause, schedules(self._problem))

    def _both_bid(self, pause: Pause, courses: list[tuple[list[int], int]]) -> None:
        for course, budget in courses:
            self._left = budget
            if all(
                self._forward(epsilon, self._loosened(epsilon), pause) and self._reverse(epsilon, self._turned(), pause)
                for epsilon in course
            ):
                return

    def _mentors_bid(self, pause: Pause) -> bool:
        self.mentor_price = [max((worth for _, worth in court), default=0) for court in self._court]
        return self._reverse(1, self._turned(), pause)

    def _forward(self, epsilon: int, queue: deque[int], pause: Pause) -> bool:
        """Let mentees without a place bid until nobody gains; False when the budget ran out first."""
        v, bids = self.mentor_price, 0
        while queue:
            bids += 1
            if bids % SLICE == 0:
                pause(0.0)
                if self._left <= 0:
                    return False
            i = queue.popleft()
            mentors = self._mentors_of[i]
            gains = [worth - v[j] for worth, j in zip(self._worth_of[i], mentors, strict=True)]
            self._left -= len(gains) + 8
            least = self._reserve[i]
            best = max(gains, default=0)
            if best <= least:
                continue
            at = gains.index(best)
            gains[at] = least
            j = mentors[at]
            bid = v[j] + best - max(least, *gains) + epsilon
            seat = (bid, i, self._worth_of[i][at])
            self.mentor_of[i] = j
            seats = self._seats[j]
            if len(seats) < self._capacity[j]:
                heappush(seats, seat)
            else:
                loser = heapreplace(seats, seat)[1]
                self.mentor_of[loser] = -1
                queue.append(loser)
            if len(seats) == self._capacity[j]:
                v[j] = seats[0][0]
        return True

    def _reverse(self, epsilon: int, queue: deque[int], pause: Pause) -> bool:
        """Let mentors with open places and a price court mentees until nobody gains; False when out of budget."""
        u, v, mentor_of, bids = self._mentee_price, self.mentor_price, self.mentor_of, 0
        while queue:
            bids += 1
            if bids % SLICE == 0:
                pause(0.0)
                if self._left <= 0:
                    return False
            j = queue.popleft()
            wanted = min(self._capacity[j] - len(self._seats[j]), AT_ONCE)
            if wanted <= 0 or v[j] <= 0:
                continue
            self._left -= len(self._court[j]) + 8
            gains = [(worth - u[i], i, worth) for i, worth in self._court[j] if worth > u[i] and mentor_of[i] != j]
            gains.sort(reverse=True)
            found = gains[: wanted + 1]
            price = found[wanted][0] - epsilon if len(found) > wanted else 0
            v[j] = max(0, min(price, v[j]))
            for _, i, worth in found[:wanted]:
                self._take(i, queue)
                mentor_of[i] = j
                self._seats[j].append((v[j], i, worth))
            self._reseat(j)
            if v[j] > 0 and len(self._seats[j]) < self._capacity[j]:
                queue.append(j)
        return True

    def _take(self, i: int, queue: deque[int]) -> None:
        left = self.mentor_of[i]
        if left >= 0:
            self._seats[left] = [seat for seat in self._seats[left] if seat[1] != i]
            heapify(self._seats[left])
            if self.mentor_price[left] > 0 and left not in queue:
                queue.append(left)

    def _reseat(self, j: int) -> None:
        """All places of a mentor cost the same again; mentees keep what is left."""
        price = self.mentor_price[j]
        self._seats[j] = [(price, i, worth) for _, i, worth in self._seats[j]]
        for _, i, worth in self._seats[j]:
            self._mentee_price[i] = worth - price

    def _loosened(self, epsilon: int) -> deque[int]:
        """Keep prices, give up pairs that are no longer nearly best; return the mentees who bid."""
        v, queue = self.mentor_price, deque[int]()
        own = {i: worth for seats in self._seats for _, i, worth in seats}
        for i, best in enumerate(self._best_gains()):
            j = self.mentor_of[i]
            if j >= 0 and own[i] - v[j] < best - epsilon:
                self._seats[j] = [seat for seat in self._seats[j] if seat[1] != i]
                self.mentor_of[i] = j = -1
            if j < 0 and best > self._reserve[i]:
                queue.append(i)
        for j, seats in enumerate(self._seats):
            self._seats[j] = [(v[j], i, worth) for _, i, worth in seats]
        return queue

    def _best_gains(self) -> list[int]:
        """Return what each mentee gains at today's prices with their best mentor, their reserve without any."""
        gains = self._problem.value * SCALE - np.array(self.mentor_price, dtype=np.int64)[self._problem.mentor]
        best = np.array(self._reserve, dtype=np.int64)
        some = np.flatnonzero(np.diff(self._problem.indptr))
        best[some] = np.maximum(np.maximum.reduceat(gains, self._problem.indptr[some]), best[some])
        return [int(gain) for gain in best]

    def _turned(self) -> deque[int]:
        """Give matched mentees what their mentor's price leaves them; return the mentors who court."""
        self._mentee_price = [0] * len(self._mentee_price)
        for j, seats in enumerate(self._seats):
            for _, i, worth in seats:
                self._mentee_price[i] = worth - self.mentor_price[j]
        return deque(
            j for j, price in enumerate(self.mentor_price) if price > 0 and len(self._seats[j]) < self._capacity[j]
        )
