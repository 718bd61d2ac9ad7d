"""networkx' ``max_weight_matching`` (Edmonds' blossoms, in Python), with a node per place."""

from typing import Any

import networkx as nx

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Build the graph; places come after the mentees."""
    mentee, place, value = pairs.by_place()
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(zip(mentee.tolist(), (pairs.mentees + place).tolist(), value.tolist(), strict=True))

    def read(answer: Any) -> I64:
        mentor_of = nobody(pairs.mentees)
        for pair in answer:
            mentor_of[min(pair)] = pairs.place[max(pair) - pairs.mentees]
        return mentor_of

    return Peer(lambda: nx.max_weight_matching(graph), read)
