"""scipy's ``linear_sum_assignment`` (a shortest augmenting path method), with a column per place."""

from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Build the dense matrix, zero for pairs that are not eligible."""
    values = np.zeros((pairs.mentees, len(pairs.capacity)))
    values[pairs.mentee, pairs.mentor] = pairs.value
    places = np.repeat(values, pairs.capacity, axis=1)

    def read(answer: Any) -> I64:
        rows, columns = answer
        used = places[rows, columns] > 0
        mentor_of = nobody(pairs.mentees)
        mentor_of[rows[used]] = pairs.place[columns[used]]
        return mentor_of

    return Peer(lambda: linear_sum_assignment(places, maximize=True), read)
