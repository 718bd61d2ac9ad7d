"""OR-tools' ``SimpleMinCostFlow`` (cost scaling), with native capacities."""

from typing import Any

import numpy as np

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Build the arcs: source, mentees, mentors, sink, and one bypass arc for unmatched mentees."""
    from ortools.graph.python import min_cost_flow

    mentees, mentors = pairs.mentees, len(pairs.capacity)
    source, sink = mentees + mentors, mentees + mentors + 1
    tail = np.concatenate([np.full(mentees, source), pairs.mentee, mentees + np.arange(mentors), [source]])
    head = np.concatenate([np.arange(mentees), mentees + pairs.mentor, np.full(mentors, sink), [sink]])
    arc_capacity = np.concatenate([np.ones(mentees + len(pairs.mentee), int), pairs.capacity, [mentees]])
    cost = np.concatenate([np.zeros(mentees, int), -pairs.value, np.zeros(mentors + 1, int)])

    def run() -> Any:
        flow = min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(tail, head, arc_capacity, cost)
        supply = np.zeros(sink + 1, int)
        supply[source], supply[sink] = mentees, -mentees
        flow.set_nodes_supplies(np.arange(sink + 1), supply)
        flow.solve()
        return flow

    def read(flow: Any) -> I64:
        used = flow.flows(np.arange(mentees, mentees + len(pairs.mentee))) > 0
        mentor_of = nobody(mentees)
        mentor_of[pairs.mentee[used]] = pairs.mentor[used]
        return mentor_of

    return Peer(run, read)
