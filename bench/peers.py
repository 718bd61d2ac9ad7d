"""Other solvers on the same problem, given the scores of all eligible pairs for free. Each returns matched pairs."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench.markets import Pool
from services.matcher.domain.arrays import I64
from services.matcher.domain.eligibility import kinds_of
from services.matcher.domain.scoring import score_block

Pairs = tuple[I64, I64, I64]  # mentee, mentor, value of every eligible pair of value, mentee by mentee
Peer = Callable[[], int]  # returns the total value; everything before the call is free


def eligible_pairs(pool: Pool) -> Pairs:
    """Score every eligible pair, the work the peers are spared."""
    kinds = kinds_of(pool.rules.checked())
    scores = pool.scores.checked()
    rows, columns, values = [], [], []
    for kind in range(kinds.count):
        mentees = np.flatnonzero(kinds.kind_of == kind)
        mentors = kinds.mentor_order[kinds.positions_of(kind)]
        rows.append(np.repeat(mentees, len(mentors)))
        columns.append(np.tile(mentors, len(mentees)))
        values.append(score_block(scores, mentees, mentors).ravel())
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    barred = pool.rules.excluded[:, 0] * len(pool.capacity) + pool.rules.excluded[:, 1]
    kept = (value > 0) & (pool.capacity[column] > 0) & ~np.isin(row * len(pool.capacity) + column, barred)
    order = np.lexsort((column[kept], row[kept]))
    return row[kept][order], column[kept][order], value[kept][order]


def scipy_dense(pool: Pool, pairs: Pairs) -> Peer:
    """`linear_sum_assignment` with a column per place."""
    values = np.zeros((len(pool.tie_break.mentee_key), len(pool.capacity)))
    values[pairs[0], pairs[1]] = pairs[2]
    places = np.repeat(values, pool.capacity, axis=1)
    del values

    def run() -> int:
        rows, columns = linear_sum_assignment(places, maximize=True)
        return int(places[rows, columns].sum())

    return run


def scipy_sparse(pool: Pool, pairs: Pairs) -> Peer:
    """`min_weight_full_bipartite_matching` with a column per place and a way out for every mentee."""
    mentees = len(pool.tie_break.mentee_key)
    mentee, mentor, value = pairs
    copies = pool.capacity[mentor]
    first = np.cumsum(pool.capacity) - pool.capacity
    nth = np.arange(int(copies.sum())) - np.repeat(np.cumsum(copies) - copies, copies)
    row = np.concatenate([np.repeat(mentee, copies), np.arange(mentees)])
    column = np.concatenate([np.repeat(first[mentor], copies) + nth, pool.capacity.sum() + np.arange(mentees)])
    weight = np.concatenate([np.repeat(value, copies) + 1.0, np.ones(mentees)])
    graph = csr_array((weight, (row, column)), shape=(mentees, int(pool.capacity.sum()) + mentees))

    def run() -> int:
        rows, columns = min_weight_full_bipartite_matching(graph, maximize=True)
        return int(graph[rows, columns].sum()) - mentees

    return run


def greedy(pool: Pool, pairs: Pairs) -> Peer:
    """Best pair first; not exact."""
    mentee, mentor, value = pairs

    def run() -> int:
        left, free, total = pool.capacity.copy(), np.ones(len(pool.tie_break.mentee_key), bool), 0
        for e in np.argsort(-value, kind="stable"):
            if free[mentee[e]] and left[mentor[e]]:
                free[mentee[e]], left[mentor[e]] = False, left[mentor[e]] - 1
                total += int(value[e])
        return total

    return run


def ortools_flow(pool: Pool, pairs: Pairs) -> Peer:
    """OR-tools `SimpleMinCostFlow`."""
    from ortools.graph.python import min_cost_flow

    mentee, mentor, value = pairs
    mentees, mentors = len(pool.tie_break.mentee_key), len(pool.capacity)
    source, sink = mentees + mentors, mentees + mentors + 1
    tail = np.concatenate([np.full(mentees, source), mentee, mentees + np.arange(mentors), [source]])
    head = np.concatenate([np.arange(mentees), mentees + mentor, np.full(mentors, sink), [sink]])
    room = np.concatenate([np.ones(mentees + len(mentee), int), pool.capacity, [mentees]])
    cost = np.concatenate([np.zeros(mentees, int), -value, np.zeros(mentors + 1, int)])

    def run() -> int:
        flow = min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(tail, head, room, cost)
        supply = np.zeros(sink + 1, int)
        supply[source], supply[sink] = mentees, -mentees
        flow.set_nodes_supplies(np.arange(sink + 1), supply)
        flow.solve()
        return -int(flow.optimal_cost())

    return run


def lapx_dense(pool: Pool, pairs: Pairs) -> Peer:
    """`lap.lapjv` (the lapx package) with a column per place; costs are what is missing to the highest value."""
    import lap

    highest = int(pairs[2].max(initial=0))
    costs = np.full((len(pool.tie_break.mentee_key), len(pool.capacity)), float(highest))
    costs[pairs[0], pairs[1]] -= pairs[2]
    places = np.ascontiguousarray(np.repeat(costs, pool.capacity, axis=1))
    del costs

    def run() -> int:
        _, column_of, _ = lap.lapjv(places, extend_cost=True)
        rows = np.flatnonzero(column_of >= 0)
        return int((highest - places[rows, column_of[rows]]).sum())

    return run


EXACT: dict[str, Callable[[Pool, Pairs], Peer]] = {"scipy dense": scipy_dense, "scipy sparse": scipy_sparse}
if find_spec("ortools"):
    EXACT["ortools flow"] = ortools_flow
if find_spec("lap"):
    EXACT["lapx dense"] = lapx_dense
PEERS = {**EXACT, "greedy": greedy}
