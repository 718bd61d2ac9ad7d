"""``compiled`` selects one twin, so that tests of both twins run both."""

from importlib import import_module

import pytest

from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.assignment import assign
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.markets import a_market


@pytest.mark.parametrize("compiled", TWINS)
def test_the_other_twin_is_not_needed(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "PythonDynamic" if compiled else "NativeDynamic"
    monkeypatch.setattr(import_module("bench.single_changes.listed_assignment"), other, None)
    market = a_market(3)
    ListedAssignment(
        market.edges, market.capacity, assign(market.edges, market.capacity, compiled=compiled), compiled=compiled
    )
