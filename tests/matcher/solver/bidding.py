"""One interface to both twins of the auction, with the gains that are left at its prices."""

from dataclasses import dataclass

import numpy as np

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment.bipartite_graph import BipartiteGraph, build_graph
from services.matcher.solver.assignment.epsilon_schedule import SCALE
from services.matcher.solver.assignment.native_auction import NativeAuction
from services.matcher.solver.assignment.python_auction import PythonAuction
from services.matcher.solver.native import core
from tests.matcher.solver.markets import Market


def no_pause(_: float) -> None:
    """Continue."""


@dataclass
class Bidding:
    """One auction of one market."""

    problem: BipartiteGraph
    auction: PythonAuction | NativeAuction

    @classmethod
    def of(cls, market: Market, compiled: bool) -> "Bidding":
        library = core(compiled)
        problem = build_graph(market.edges, market.capacity, library)
        return cls(problem, PythonAuction(problem) if library is None else NativeAuction(library, problem))

    def run(self) -> None:
        if isinstance(self.auction, PythonAuction):
            self.auction.run(no_pause)
        else:
            self.auction.run(no_pause, one_sided=True)

    def run_from(self, mentor_of: I64, prices: I64, off: int | None) -> None:
        if isinstance(self.auction, PythonAuction):
            self.auction.run_from(mentor_of.tolist(), prices.tolist(), off, no_pause)
        else:
            self.auction.run_from(mentor_of, prices, off, no_pause)

    def forward(self, epsilon: int, reserve: I64) -> None:
        self.auction.forward(epsilon, reserve, no_pause)

    @property
    def prices(self) -> I64:
        """(N,), scaled."""
        return self.auction.prices().copy()

    @property
    def mentor_of(self) -> I64:
        """(M,) mentor rows, -1 for none."""
        if isinstance(self.auction, PythonAuction):
            return np.array(self.auction.mentor_of, dtype=np.int64)
        own = self.auction.market.edge_of
        mentor_of = np.full(self.problem.mentees, -1, np.int64)
        mentor_of[own >= 0] = self.problem.mentor[own[own >= 0]]
        return mentor_of

    def open_prices(self) -> list[int]:
        """Return the distinct prices of mentors with open places, ascending."""
        load = np.bincount(self.mentor_of[self.mentor_of >= 0], minlength=self.problem.mentors)
        assert (load <= self.problem.capacity).all()
        return sorted(set(self.prices[load < self.problem.capacity].tolist()))

    def left_to_gain(self, reserve: I64) -> I64:
        """Return how much more each mentee (M,) would gain elsewhere, at present prices and with their reserve."""
        more = np.zeros(self.problem.mentees, np.int64)
        for i, j in enumerate(self.mentor_of.tolist()):
            edges = slice(self.problem.indptr[i], self.problem.indptr[i + 1])
            mentors = self.problem.mentor[edges]
            gains = SCALE * self.problem.value[edges] - self.prices[mentors]
            own = int(reserve[i]) if j < 0 else int(gains[mentors == j][0])
            more[i] = max([int(reserve[i]), *gains.tolist()]) - own
        return more
