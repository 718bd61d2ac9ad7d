"""networkx' bipartite ``minimum_weight_full_matching`` (a dense matrix handed to scipy), a node per place."""

from typing import Any

import networkx as nx

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Build the graph: mentees, places, and a dummy place of weight 0 per mentee, since all mentees must be matched."""
    mentee, place, value = pairs.by_place()
    dummy = pairs.mentees + len(pairs.place)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(
        zip(mentee.tolist(), (pairs.mentees + place).tolist(), (-value).tolist(), strict=True)
    )
    graph.add_weighted_edges_from((mentee_row, dummy + mentee_row, 0) for mentee_row in range(pairs.mentees))

    def read(answer: Any) -> I64:
        mentor_of = nobody(pairs.mentees)
        for mentee_row in range(pairs.mentees):
            if answer[mentee_row] < dummy:
                mentor_of[mentee_row] = pairs.place[answer[mentee_row] - pairs.mentees]
        return mentor_of

    return Peer(lambda: nx.bipartite.minimum_weight_full_matching(graph, range(pairs.mentees)), read)
