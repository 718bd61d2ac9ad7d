"""``compiled`` selects one twin everywhere, so that tests of both twins run both."""

from importlib import import_module

import numpy as np
import pytest

from services.matcher.solver.assignment import assign, rough_prices
from services.matcher.solver.assignment.bipartite_graph import build_graph
from services.matcher.solver.column_generation.backend import scorer_for
from services.matcher.solver.eligibility import mentee_classes
from services.matcher.solver.scoring import NativeScorer, PythonScorer
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.markets import a_market
from tests.matcher.solver.pools import a_pool

pytestmark = pytest.mark.parametrize("compiled", TWINS)
ASSIGNMENT = "services.matcher.solver.assignment"


@pytest.fixture(autouse=True)
def _the_other_twin_is_away(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, made = ("PythonAuction", "optimise_python"), ("NativeAuction", "optimise_native")
    for name in plain if compiled else made:
        monkeypatch.setattr(import_module(f"{ASSIGNMENT}.transport"), name, None)


def test_for_an_assignment(compiled: bool) -> None:
    market = a_market(3)
    assert len(market.values)
    assign(market.edges, market.capacity, compiled=compiled)


def test_for_rough_prices(compiled: bool) -> None:
    market = a_market(3)
    problem = build_graph(market.edges, market.capacity)
    assert len(problem.mentor)
    rough_prices(problem, np.zeros(problem.mentees, np.int64), compiled=compiled)


def test_for_scores(compiled: bool) -> None:
    pool = a_pool(1)
    scorer = scorer_for(pool.scores, mentee_classes(pool.rules), pool.capacity, pool.keys, compiled, 1)
    assert isinstance(scorer, NativeScorer if compiled else PythonScorer)
