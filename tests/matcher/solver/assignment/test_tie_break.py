"""Ties never change: two people have the same tie on any machine, in any run and in any order."""

import numpy as np

from services.matcher.solver.assignment import TieBreak
from services.matcher.solver.assignment.tie_break import TIE_BITS, pair_hash


def test_the_numbers_of_known_keys_never_change() -> None:
    keys = TieBreak.by_row(2, 3)
    assert keys.of([[0], [1]], [0, 1, 2]).tolist() == [
        [309799823103, 678627911994, 265581954051],
        [948720368770, 396525125716, 34801980279],
    ]
    largest = np.array([2**64 - 1], np.uint64)
    assert pair_hash(largest, largest).tolist() == [302002212531]


def test_numbers_fill_their_forty_bits_evenly() -> None:
    ties = TieBreak.by_row(300, 300).of(np.arange(300)[:, None], np.arange(300)[None, :])
    assert TIE_BITS == 40
    assert ties.min() >= 0
    assert ties.max() < 2**TIE_BITS
    assert len(np.unique(ties)) == ties.size
    ones = ((ties.ravel()[:, None] >> np.arange(TIE_BITS)) & 1).mean(axis=0)
    assert (abs(ones - 0.5) < 0.01).all()


def test_the_two_sides_are_not_symmetric() -> None:
    keys = TieBreak.by_row(4, 4)
    there = keys.of(np.arange(4)[:, None], np.arange(4)[None, :])
    assert (there != there.T).sum() == 12
