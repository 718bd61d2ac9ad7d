"""The matcher's store: everything of one open transaction, by aggregate."""

from services.chassis.unit_of_work import StoreBase, Transaction
from services.matcher.adapters.match_store import MatchStore
from services.matcher.adapters.places_store import PlacesStore
from services.matcher.adapters.pool_store import PoolStore
from services.matcher.adapters.round_store import RoundStore
from services.matcher.adapters.waits_store import WaitsStore
from services.matcher.adapters.weights_store import WeightsStore


class MatcherStore(StoreBase):
    """See `ports.Store`."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.pool = PoolStore(tx)
        self.places = PlacesStore(tx, self.pool)
        self.waits = WaitsStore(tx)
        self.matches = MatchStore(tx)
        self.weights = WeightsStore(tx)
        self.rounds = RoundStore(tx, self.weights)
