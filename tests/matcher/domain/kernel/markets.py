"""Small markets for the kernel's tests: seeded, full of ties, with everything that can go wrong in them."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import linear_sum_assignment

from services.matcher.domain.arrays import I64
from services.matcher.domain.assignment import Edges, TieBreak

BIG = 10**6


@dataclass(frozen=True)
class Market:
    """Dense values (0 = not eligible) with keys and places."""

    values: I64  # (M, N)
    capacity: I64
    keys: TieBreak

    @property
    def ties(self) -> I64:
        rows, columns = self.values.shape
        return self.keys.of(np.arange(rows)[:, None], np.arange(columns)[None, :])

    @property
    def edges(self) -> Edges:
        return edges_of(self.values, self.ties)

    def permuted(self, rows: I64, columns: I64) -> "Market":
        keys = TieBreak(self.keys.mentee_key[rows], self.keys.mentor_key[columns])
        return Market(self.values[rows][:, columns], self.capacity[columns], keys)


def edges_of(values: I64, ties: I64) -> Edges:
    row, column = np.nonzero(values)
    indptr = np.append(0, np.cumsum((values != 0).sum(axis=1)))
    return Edges(indptr, column.astype(np.int64), values[row, column], ties[row, column])


def a_market(seed: int, *, most: int = 12, largest: int | None = None, capacity: int | None = None) -> Market:
    """Return a random market: few distinct values (many ties), some pairs worthless, some mentors without places."""
    rng = np.random.default_rng(seed)
    rows, columns = (int(size) for size in rng.integers(0, most + 1, 2))
    largest = largest or int(rng.choice([1, 2, 3, 10, 1000]))
    values = rng.integers(-1, largest + 1, (rows, columns)) * (rng.random((rows, columns)) < rng.random())
    places = rng.integers(0, (capacity or int(rng.choice([1, 2, 4]))) + 1, columns)
    keys = TieBreak(rng.integers(0, 2**63, rows, np.uint64), rng.integers(0, 2**63, columns, np.uint64))
    return Market(values, places, keys)


def brute_force(market: Market) -> I64:
    """Try every assignment; return the pairs of the highest (value, tie), as the promise says."""
    rows, columns = market.values.shape
    options = [[-1, *(j for j in range(columns) if market.values[i, j] > 0)] for i in range(rows)]
    ties = market.ties
    best, winner = (-1, -1), (-1,) * rows
    for choice in product(*options):
        if any(choice.count(j) > market.capacity[j] for j in set(choice) - {-1}):
            continue
        pairs = [(i, j) for i, j in enumerate(choice) if j >= 0]
        worth = (sum(int(market.values[pair]) for pair in pairs), sum(int(ties[pair]) for pair in pairs))
        if worth > best:
            best, winner = worth, choice
    return np.array(winner, dtype=np.int64).reshape(rows)


def best_value(values: I64, capacity: I64) -> int:
    """Ask scipy, with one column per place."""
    places = np.repeat(np.maximum(values, 0), capacity, axis=1)
    rows, columns = linear_sum_assignment(places, maximize=True)
    return int(places[rows, columns].sum())
