"""The matcher's store: one open transaction, by aggregate."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from services.chassis.storage.unit_of_work import StoreBase, Transaction
from services.matcher.adapters.match_store import MatchStore
from services.matcher.adapters.pair_rule_store import PairsStore
from services.matcher.adapters.people_reader import People
from services.matcher.adapters.places_store import PlacesStore
from services.matcher.adapters.pool_store import PoolStore
from services.matcher.adapters.reports_store import ReportsStore
from services.matcher.adapters.waits_store import WaitsStore
from services.matcher.adapters.weights_store import WeightsStore

if TYPE_CHECKING:
    from services.matcher.adapters.round_store import RoundStore


class MatcherStore(StoreBase):
    """See ``ports.Store``."""

    def __init__(self, tx: Transaction, people: People | None = None) -> None:
        super().__init__(tx)
        self._people = people or People()
        self.pool = PoolStore(tx)
        self.places = PlacesStore(tx, self.pool)
        self.waits = WaitsStore(tx)
        self.matches = MatchStore(tx)
        self.weights = WeightsStore(tx)
        self.pairs = PairsStore(tx)
        self.reports = ReportsStore(tx)

    @cached_property
    def rounds(self) -> RoundStore:
        """Return the rounds; imported late, since they load the engine, which most processes never need."""
        from services.matcher.adapters.round_store import RoundStore

        return RoundStore(self._tx, self.weights, self._people)
