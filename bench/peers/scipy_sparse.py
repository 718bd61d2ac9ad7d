"""scipy's ``min_weight_full_bipartite_matching`` (LAPJVsp), with a column per place and a dummy column per mentee."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Build the sparse graph; weights are one higher, so that dummy edges are not taken for missing ones."""
    mentee, place, value = pairs.by_place()
    everyone, places = np.arange(pairs.mentees), len(pairs.place)
    row, column = np.concatenate([mentee, everyone]), np.concatenate([place, places + everyone])
    weight = np.concatenate([value + 1.0, np.ones(pairs.mentees)])
    graph = csr_array((weight, (row, column)), shape=(pairs.mentees, places + pairs.mentees))

    def read(answer: Any) -> I64:
        rows, columns = answer
        used = columns < places
        mentor_of = nobody(pairs.mentees)
        mentor_of[rows[used]] = pairs.place[columns[used]]
        return mentor_of

    return Peer(lambda: min_weight_full_bipartite_matching(graph, maximize=True), read)
