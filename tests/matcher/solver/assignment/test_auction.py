"""An auction that ends leaves mentees at most epsilon to gain, which makes it a good start for exact repair.

Its result is never returned, so faults in it would only cost time; the guarantees tested here keep that time short.
"""

from dataclasses import replace

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import TieBreak, native_auction, python_auction
from services.matcher.solver.assignment.epsilon_schedule import SCALE, places_per_mentee
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.bidding import Bidding
from tests.matcher.solver.markets import Market, a_market, best_value

pytestmark = pytest.mark.parametrize("compiled", TWINS)


def markets() -> list[Market]:
    """Small ones of every kind, and some with more places per mentor than a mentor fills in one go."""
    small = [a_market(seed, most=14) for seed in range(200)]
    wide = [a_market(seed, most=60, capacity=40) for seed in range(200, 225)]
    return [
        market
        for market in [*small, *wide, a_few_with_many_places()]
        if ((market.values > 0) & (market.capacity > 0)).any()
    ]


def a_few_with_many_places() -> Market:
    """Two mentors for two towns, scarce all the same, with more places than either fills in one go."""
    rng = np.random.default_rng(1)
    market = a_market(0, most=60)
    keys = TieBreak(rng.integers(0, 2**63, 60, np.uint64), market.keys.mentor_key[:2])
    values = rng.integers(50, 1000, (60, 2))
    values[:40, 1] = values[40:, 0] = 0
    return Market(values, np.array([25, 18]), keys)


def worth(market: Market, mentor_of: I64) -> int:
    rows = np.flatnonzero(mentor_of >= 0)
    return int(market.values[rows, mentor_of[rows]].sum())


def check_end(market: Market, bidding: Bidding) -> None:
    """With an epsilon of one quarter nobody gains more elsewhere, open places are free, and little value is missing."""
    nothing = np.zeros(bidding.problem.mentees, np.int64)
    more = bidding.left_to_gain(nothing)
    assert more.max() <= 1
    assert bidding.open_prices() in ([0], [])
    assert bidding.prices.min() >= 0
    missing = SCALE * (best_value(market.values, market.capacity) - worth(market, bidding.mentor_of))
    assert 0 <= missing <= more.sum()


def test_at_the_end_no_mentee_gains_more_than_epsilon_elsewhere(compiled: bool) -> None:
    kinds = set()
    for market in markets():
        bidding = Bidding.of(market, compiled)
        bidding.run()
        check_end(market, bidding)
        kinds.add(np.digitize(places_per_mentee(bidding.problem), (0.9, 1.3)).item())
    assert kinds == {0, 1, 2}, "scarce, balanced and plenty"


def test_mentees_alone_take_what_is_best_but_for_epsilon_and_nothing_below_their_reserve(compiled: bool) -> None:
    for seed, market in enumerate(markets()):
        rng = np.random.default_rng(seed)
        bidding = Bidding.of(market, compiled)
        for epsilon in (int(rng.integers(4, 30)), int(rng.integers(1, 4))):
            reserve = rng.integers(0, 3 * SCALE, bidding.problem.mentees)
            before = bidding.prices
            bidding.forward(epsilon, reserve)
            more = bidding.left_to_gain(reserve)
            assert more.max() <= epsilon
            assert not more[bidding.mentor_of < 0].any(), "who has nobody would not gain by anybody"
            assert (bidding.prices >= before).all()


def test_from_zero_prices_mentees_alone_leave_open_places_free(compiled: bool) -> None:
    for market in markets():
        bidding = Bidding.of(market, compiled)
        bidding.forward(1, np.zeros(bidding.problem.mentees, np.int64))
        check_end(market, bidding)


@pytest.mark.parametrize("off", [None, 0, 2000])
def test_from_any_pairs_and_prices_it_ends_as_well(off: int | None, compiled: bool) -> None:
    for seed, market in enumerate(markets()):
        rng = np.random.default_rng(seed)
        bidding = Bidding.of(market, compiled)
        guessed: I64 = rng.integers(-2, 12, len(market.capacity))
        start = Bidding.of(replace(market, values=np.roll(market.values, 1, axis=0)), compiled)
        start.run()
        bidding.run_from(start.mentor_of, guessed, off)
        check_end(market, bidding)


def test_an_auction_that_runs_out_of_budget_leaves_valid_pairs(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may stop anywhere; then only the pairs and the prices have to make sense."""
    short = 0
    for module in (native_auction, python_auction):
        monkeypatch.setattr(module, "ONE_SIDED_BUDGET", 1)
        monkeypatch.setattr(module, "SLICE", 2)
    for market in markets():
        bidding = Bidding.of(market, compiled)
        bidding.forward(1, np.zeros(bidding.problem.mentees, np.int64))
        assert all(price >= 0 for price in bidding.open_prices())
        rows = np.flatnonzero(bidding.mentor_of >= 0)
        assert (market.values[rows, bidding.mentor_of[rows]] > 0).all()
        short += bool(bidding.left_to_gain(np.zeros(bidding.problem.mentees, np.int64)).max() > 1)
    assert short, "every auction came to its end: this tests nothing"
