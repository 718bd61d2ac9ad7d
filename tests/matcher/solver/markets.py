"""Small seeded markets for the solver's tests, with many ties and all special cases."""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from scipy.optimize import linear_sum_assignment

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Edges, TieBreak

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
    """Return the pairs of the highest (value, tie) by trying every assignment."""
    rows, columns = market.values.shape
    choices = every_choice(rows, columns)
    worth, fine = np.zeros(len(choices), dtype=np.int64), np.ones(len(choices), dtype=np.bool_)
    for i in range(rows):
        value = np.append(market.values[i], 0)[choices[:, i]]  # the last stands for unmatched
        fine &= (choices[:, i] < 0) | (value > 0)
        worth += value
    for j in range(columns):
        fine &= (choices == j).sum(axis=1) <= market.capacity[j]
    worth[~fine] = -1
    ties = market.ties
    best = choices[worth == worth.max()].tolist()
    winner = max(best, key=lambda choice: sum(int(ties[i, j]) for i, j in enumerate(choice) if j >= 0))
    return np.array(winner, dtype=np.int64).reshape(rows)


@cache
def every_choice(rows: int, columns: int) -> I64:
    """Return all choices of a column, or -1 for none, for each row; ((columns + 1) ** rows, rows)."""
    return np.array(list(product(range(-1, columns), repeat=rows)), dtype=np.int64).reshape((columns + 1) ** rows, rows)


def best_value(values: I64, capacity: I64) -> int:
    """Return the best value by scipy, with one column per place."""
    places = np.repeat(np.maximum(values, 0), capacity, axis=1)
    rows, columns = linear_sum_assignment(places, maximize=True)
    return int(places[rows, columns].sum())
