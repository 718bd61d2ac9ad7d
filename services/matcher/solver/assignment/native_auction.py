"""Forward and reverse auction in C; twin of ``python_auction``."""

from collections.abc import Callable

import numpy as np

from ..arrays import I64
from ..native import NativeLibrary, number
from .bipartite_graph import BipartiteGraph
from .epsilon_schedule import ONE_SIDED_BUDGET, SCALE, SCARCE, SURPLUS, near_schedule, places_per_mentee, schedules
from .native_market import NativeMarket, Queue
from .optimum import Pause

SLICE = 4_000_000  # edges between two calls of pause, about 10 ms


class NativeAuction:
    """An auction whose state, with prices scaled by ``SCALE``, is in ``market``."""

    def __init__(self, core: NativeLibrary, problem: BipartiteGraph) -> None:
        self._core = core
        self._problem = problem
        self._budget = 0
        self.market = NativeMarket(problem)

    def run(self, pause: Pause, *, one_sided: bool) -> None:
        """Let the scarce side bid from zero prices of the other; in a balanced market both sides bid in turn."""
        if not len(self._problem.mentor):
            return
        ratio = places_per_mentee(self._problem)
        self._budget = ONE_SIDED_BUDGET * len(self._problem.mentor)
        if ratio < SCARCE and one_sided and self._mentors_bid(pause):
            return
        if ratio > SURPLUS and self._mentees_bid(1, pause):
            return
        self._both_bid(pause, schedules(self._problem))

    def run_from(self, mentor_of: I64, prices: I64, off: int | None, pause: Pause) -> None:
        """Let both sides bid from these pairs and unscaled prices (N,), wrong by at most ``off`` (None: unknown)."""
        if len(self._problem.mentor):
            self.market.v[:] = SCALE * np.maximum(prices, 0)
            self.market.seat_pairs(mentor_of)
            self._both_bid(pause, schedules(self._problem) if off is None else near_schedule(self._problem, off))

    def forward(self, epsilon: int, reserve: I64, pause: Pause) -> None:
        """Let mentees bid from the current prices, each for more than their scaled ``reserve`` (M,)."""
        self.market.swap("reserve", reserve)
        self._budget = ONE_SIDED_BUDGET * len(self._problem.mentor)
        self._mentees_bid(epsilon, pause)

    def prices(self) -> I64:
        """Return the scaled prices (N,)."""
        return self.market.v

    def _mentors_bid(self, pause: Pause) -> bool:
        np.maximum.at(self.market.v, self._problem.mentor, SCALE * self._problem.value)
        return self._reverse(1, pause)

    def _mentees_bid(self, epsilon: int, pause: Pause) -> bool:
        queue = Queue(self._problem.mentees)
        self._core.cairn_loosen(self.market.reference, queue.reference, number(SCALE), number(epsilon))
        return self._run_step(self._core.cairn_forward, queue, epsilon, pause)

    def _reverse(self, epsilon: int, pause: Pause) -> bool:
        queue = Queue(self._problem.mentors)
        self._core.cairn_turn(self.market.reference, queue.reference, number(SCALE))
        return self._run_step(self._core.cairn_reverse, queue, epsilon, pause)

    def _both_bid(self, pause: Pause, phases: list[tuple[list[int], int]]) -> None:
        for epsilons, budget in phases:
            self._budget = budget
            if all(self._mentees_bid(epsilon, pause) and self._reverse(epsilon, pause) for epsilon in epsilons):
                return

    def _run_step(self, step: Callable[..., int], queue: Queue, epsilon: int, pause: Pause) -> bool:
        """Run a bidding step until its queue is empty; return False when the budget ran out first."""
        while len(queue) and self._budget > 0:
            pause(0.0)
            allowed = min(SLICE, self._budget)
            bid = number(SCALE), number(epsilon), number(allowed)
            self._budget -= allowed - step(self.market.reference, queue.reference, *bid)
        return not len(queue)
