"""lapx' ``lapjv`` (Jonker and Volgenant), with a column per place."""

from typing import Any

import numpy as np

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Build the dense matrix; costs are the highest value less the value."""
    import lap

    highest = int(pairs.value.max(initial=0))
    costs = np.full((pairs.mentees, len(pairs.capacity)), float(highest))
    costs[pairs.mentee, pairs.mentor] -= pairs.value
    places = np.ascontiguousarray(np.repeat(costs, pairs.capacity, axis=1))

    def read(answer: Any) -> I64:
        _, column_of, _ = answer
        rows = np.flatnonzero(column_of >= 0)
        rows = rows[places[rows, column_of[rows]] < highest]
        mentor_of = nobody(pairs.mentees)
        mentor_of[rows] = pairs.place[column_of[rows]]
        return mentor_of

    return Peer(lambda: lap.lapjv(places, extend_cost=True), read)
