"""Whoever asks for one twin gets that one, so that a test of both is a test of both."""

from importlib import import_module

import numpy as np
import pytest

from services.matcher.domain.assignment import Standing, assign, rough_prices
from services.matcher.domain.assignment.problem import problem_of
from services.matcher.domain.eligibility import kinds_of
from services.matcher.domain.scoring import CompiledScorer, PlainScorer
from services.matcher.domain.solve.scorers import scorer_for
from tests.matcher.domain.kernel.markets import a_market
from tests.matcher.domain.kernel.pools import a_pool
from tests.matcher.domain.kernel.twins import TWINS

pytestmark = pytest.mark.parametrize("compiled", TWINS)
ASSIGNMENT = "services.matcher.domain.assignment"


@pytest.fixture(autouse=True)
def _the_other_twin_is_away(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, made = ("PlainAuction", "optimise_plain"), ("CompiledAuction", "optimise_compiled")
    for name in plain if compiled else made:
        monkeypatch.setattr(import_module(f"{ASSIGNMENT}.assign"), name, None)
    other = "PlainStanding" if compiled else "CompiledStanding"
    monkeypatch.setattr(import_module(f"{ASSIGNMENT}.standing"), other, None)


def test_for_an_assignment(compiled: bool) -> None:
    market = a_market(3)
    assert len(market.values)
    assign(market.edges, market.capacity, compiled=compiled)


def test_for_rough_prices(compiled: bool) -> None:
    market = a_market(3)
    problem = problem_of(market.edges, market.capacity)
    assert len(problem.mentor)
    rough_prices(problem, np.zeros(problem.mentees, np.int64), compiled=compiled)


def test_for_a_standing_market(compiled: bool) -> None:
    market = a_market(3)
    Standing(market.edges, market.capacity, assign(market.edges, market.capacity, compiled=compiled), compiled=compiled)


def test_for_scores(compiled: bool) -> None:
    pool = a_pool(1)
    scorer = scorer_for(pool.scores, kinds_of(pool.rules), pool.capacity, pool.keys, compiled, 1)
    assert isinstance(scorer, CompiledScorer if compiled else PlainScorer)
