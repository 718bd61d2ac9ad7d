"""Forward and reverse auction with native capacities in Python; twin of ``auction.c``.

The result only has to be a good start, because ``python_augment`` makes it exact; a run may stop anywhere.
"""

from collections import deque
from heapq import heapify, heappush, heapreplace
from itertools import pairwise

import numpy as np

from ..arrays import I64
from .bipartite_graph import BipartiteGraph
from .epsilon_schedule import ONE_SIDED_BUDGET, SCALE, SCARCE, SURPLUS, near_schedule, places_per_mentee, schedules
from .optimum import Pause

AT_ONCE = 16  # places a mentor fills at once
SLICE = 1000  # bids between two calls of pause


class PythonAuction:
    """An auction. The places of a mentor are a heap of (bid, mentee, value)."""

    def __init__(self, problem: BipartiteGraph) -> None:
        self._problem = problem
        worth = (problem.value * SCALE).tolist()
        mentor, mentee, order = problem.mentor.tolist(), problem.mentee.tolist(), problem.by_mentor.tolist()
        self._mentors_of = [mentor[a:b] for a, b in pairwise(problem.indptr.tolist())]
        self._worth_of = [worth[a:b] for a, b in pairwise(problem.indptr.tolist())]
        self._mentees_of = [
            [(mentee[e], worth[e]) for e in order[a:b]] for a, b in pairwise(problem.mentor_indptr.tolist())
        ]
        self._capacity = problem.capacity.tolist()
        self._seats: list[list[tuple[int, int, int]]] = [[] for _ in self._capacity]
        self._mentee_price = [0] * problem.mentees
        self._reserve = [0] * problem.mentees
        self._budget = 0
        self.mentor_price = [0] * problem.mentors
        self.mentor_of = [-1] * problem.mentees

    def run_from(self, mentor_of: list[int], prices: list[int], off: int | None, pause: Pause) -> None:
        """Let both sides bid from these pairs and unscaled prices, wrong by at most ``off`` (None: unknown)."""
        self.mentor_price = [SCALE * max(0, price) for price in prices]
        for i, j in enumerate(mentor_of):
            if j in self._mentors_of[i]:
                self.mentor_of[i] = j
                self._seats[j].append((0, i, self._worth_of[i][self._mentors_of[i].index(j)]))
        if len(self._problem.mentor):
            self._both_bid(pause, schedules(self._problem) if off is None else near_schedule(self._problem, off))

    def forward(self, epsilon: int, reserve: I64, pause: Pause) -> None:
        """Let mentees bid from the current prices, each for more than their scaled ``reserve`` (M,)."""
        self._reserve = reserve.tolist()
        self._budget = ONE_SIDED_BUDGET * len(self._problem.mentor)
        self._forward(epsilon, self._start_phase(epsilon), pause)

    def prices(self) -> I64:
        """Return the scaled prices (N,)."""
        return np.array(self.mentor_price, dtype=np.int64)

    def run(self, pause: Pause) -> None:
        """Let the scarce side bid, or both in turn. ``mentor_price`` is scaled by ``SCALE``."""
        if not len(self._problem.mentor):
            return
        ratio = places_per_mentee(self._problem)
        self._budget = ONE_SIDED_BUDGET * len(self._problem.mentor)
        if ratio < SCARCE and self._mentors_bid(pause):
            return
        if ratio > SURPLUS and self._forward(1, self._start_phase(1), pause):
            return
        self._both_bid(pause, schedules(self._problem))

    def _both_bid(self, pause: Pause, phases: list[tuple[list[int], int]]) -> None:
        for epsilons, budget in phases:
            self._budget = budget
            if all(
                self._forward(epsilon, self._start_phase(epsilon), pause)
                and self._reverse(epsilon, self._start_reverse(), pause)
                for epsilon in epsilons
            ):
                return

    def _mentors_bid(self, pause: Pause) -> bool:
        self.mentor_price = [max((worth for _, worth in edges), default=0) for edges in self._mentees_of]
        return self._reverse(1, self._start_reverse(), pause)

    def _forward(self, epsilon: int, queue: deque[int], pause: Pause) -> bool:
        """Let unmatched mentees bid until no bid gains anything; return False when the budget ran out first."""
        v, bids = self.mentor_price, 0
        while queue:
            bids += 1
            if bids % SLICE == 0:
                pause(0.0)
                if self._budget <= 0:
                    return False
            i = queue.popleft()
            mentors = self._mentors_of[i]
            gains = [worth - v[j] for worth, j in zip(self._worth_of[i], mentors, strict=True)]
            self._budget -= len(gains) + 8
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
        """Let mentors with open places and a price bid until no bid gains anything; return False when out of budget."""
        u, v, mentor_of, bids = self._mentee_price, self.mentor_price, self.mentor_of, 0
        while queue:
            bids += 1
            if bids % SLICE == 0:
                pause(0.0)
                if self._budget <= 0:
                    return False
            j = queue.popleft()
            wanted = min(self._capacity[j] - len(self._seats[j]), AT_ONCE)
            if wanted <= 0 or v[j] <= 0:
                continue
            self._budget -= len(self._mentees_of[j]) + 8
            gains = [(worth - u[i], i, worth) for i, worth in self._mentees_of[j] if worth > u[i] and mentor_of[i] != j]
            gains.sort(reverse=True)
            chosen = gains[: wanted + 1]
            price = chosen[wanted][0] - epsilon if len(chosen) > wanted else 0
            v[j] = max(0, min(price, v[j]))
            for _, i, worth in chosen[:wanted]:
                self._leave_mentor(i, queue)
                mentor_of[i] = j
                self._seats[j].append((v[j], i, worth))
            self._equalise_bids(j)
            if v[j] > 0 and len(self._seats[j]) < self._capacity[j]:
                queue.append(j)
        return True

    def _leave_mentor(self, i: int, queue: deque[int]) -> None:
        left = self.mentor_of[i]
        if left >= 0:
            self._seats[left] = [seat for seat in self._seats[left] if seat[1] != i]
            heapify(self._seats[left])
            if self.mentor_price[left] > 0 and left not in queue:
                queue.append(left)

    def _equalise_bids(self, j: int) -> None:
        """Set all bids of a mentor to the price, and their mentees' prices to the rest of the value."""
        price = self.mentor_price[j]
        self._seats[j] = [(price, i, worth) for _, i, worth in self._seats[j]]
        for _, i, worth in self._seats[j]:
            self._mentee_price[i] = worth - price

    def _start_phase(self, epsilon: int) -> deque[int]:
        """Dissolve pairs that break epsilon-complementary slackness at these prices; return the mentees who bid."""
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
        """Return each mentee's gain from the best mentor at current prices, at least their reserve."""
        gains = self._problem.value * SCALE - np.array(self.mentor_price, dtype=np.int64)[self._problem.mentor]
        best = np.array(self._reserve, dtype=np.int64)
        with_edges = np.flatnonzero(np.diff(self._problem.indptr))
        best[with_edges] = np.maximum(np.maximum.reduceat(gains, self._problem.indptr[with_edges]), best[with_edges])
        return [int(gain) for gain in best]

    def _start_reverse(self) -> deque[int]:
        """Set the prices of mentees from the prices of mentors; return the mentors who bid."""
        self._mentee_price = [0] * len(self._mentee_price)
        for j, seats in enumerate(self._seats):
            for _, i, worth in seats:
                self._mentee_price[i] = worth - self.mentor_price[j]
        return deque(
            j for j, price in enumerate(self.mentor_price) if price > 0 and len(self._seats[j]) < self._capacity[j]
        )
