"""``pause`` is called between slices of bidding and of repair, and may stop them."""

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Optimum, native_auction, native_optimise, optimise, python_auction
from services.matcher.solver.assignment.bipartite_graph import BipartiteGraph, build_graph
from services.matcher.solver.native import core
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.bidding import Bidding
from tests.matcher.solver.markets import Market, a_market

pytestmark = pytest.mark.parametrize("compiled", TWINS)


def no_pairs_yet(problem: BipartiteGraph, prices: I64) -> Optimum:
    """Return a start without pairs, so that repair does all the work."""
    rows, columns = problem.mentees, problem.mentors
    nothing, nobody = np.zeros(rows, np.int64), np.full(rows, -1, np.int64)
    return Optimum(nobody, nothing, nothing, prices, np.zeros(columns, np.int64))


def a_large_market() -> Market:
    market = a_market(5, most=60, largest=1000, capacity=2)
    assert min(market.values.shape) > 20
    return market


@pytest.mark.parametrize("dear", [False, True])
def test_pause_is_called_between_augmenting_paths(dear: bool, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With free places mentees are matched one by one; with high prices mentors fill their places."""
    monkeypatch.setattr(native_optimise, "SLICE", 1)
    market = a_large_market()
    problem = build_graph(market.edges, market.capacity, core(compiled))
    prices = np.full(problem.mentors, 2000 if dear else 0, np.int64)
    shares: list[float] = []
    answer = optimise(problem, start=no_pairs_yet(problem, prices), compiled=compiled, pause=shares.append)
    assert (answer.mentor_of >= 0).sum() > 10
    assert 0 <= min(shares) <= max(shares) < 1
    moved = problem.capacity > 0 if dear else answer.mentor_of >= 0
    assert len(shares) >= moved.sum()


def test_pause_is_called_between_bids(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (native_auction, python_auction):
        monkeypatch.setattr(module, "SLICE", 1)
    bidding, shares = Bidding.of(a_large_market(), compiled), list[float]()
    bidding.auction.forward(1, np.zeros(bidding.problem.mentees, np.int64), shares.append)
    assert len(shares) >= (bidding.mentor_of >= 0).sum() > 10


def test_pause_may_stop_a_repair(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Enough(Exception):
        """Stop."""

    def stop(share: float) -> None:
        if share > 0:
            raise Enough

    monkeypatch.setattr(native_optimise, "SLICE", 1)
    market = a_large_market()
    problem = build_graph(market.edges, market.capacity, core(compiled))
    with pytest.raises(Enough):
        optimise(
            problem, start=no_pairs_yet(problem, np.zeros(problem.mentors, np.int64)), compiled=compiled, pause=stop
        )
