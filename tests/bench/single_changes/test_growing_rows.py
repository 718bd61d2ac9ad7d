"""``Segments`` has the same content as a list of lists."""

import numpy as np

from bench.single_changes.growing_rows import Segments
from services.matcher.solver.arrays import I64


class Rows:
    """``Segments`` with the content that belongs to the caller."""

    def __init__(self, lists: list[list[int]], room: int) -> None:
        self.at = Segments(np.array([len(one) for one in lists], np.int64), room)
        self.content: I64 = np.full(self.at.size, -1)
        for which, one in enumerate(lists):
            self.content[self.at.start[which] : self.at.end[which]] = one

    def extend(self, which: int, more: list[int]) -> bool:
        moved = self.at.stretch(which, len(more))
        self.content = np.append(self.content, np.full(max(0, self.at.size - len(self.content)), -1))
        if moved:
            assert (self.content[moved[1]] == -1).all(), "the new place is empty"
            self.content[moved[1]] = self.content[moved[0]]
        self.content[self.at.end[which] - len(more) : self.at.end[which]] = more
        return moved is not None

    def lists(self) -> list[list[int]]:
        ends = zip(self.at.start.tolist(), self.at.end.tolist(), strict=True)
        return [self.content[start:end].tolist() for start, end in ends]


def test_any_sequence_of_changes_keeps_every_list_whole() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        expected = [rng.integers(0, 99, int(size)).tolist() for size in rng.integers(0, 4, int(rng.integers(0, 5)))]
        rows = Rows(expected, int(rng.integers(0, 5)))
        for _ in range(60):
            which = int(rng.integers(0, len(expected) + 1))
            if which == len(expected):
                rows.at.add(int(rng.integers(0, 4)))
                expected.append([])
            elif rng.random() < 0.1:
                rows.at.end[which] = rows.at.start[which]  # emptied, as its owner may
                expected[which] = []
            else:
                more = rng.integers(0, 99, int(rng.integers(1, 4))).tolist()
                rows.extend(which, more)
                expected[which] = expected[which] + more
            assert rows.lists() == expected, seed
        assert rows.at.end.max(initial=0) <= rows.at.size


def test_a_list_moves_when_its_room_is_full_and_takes_twice_what_it_needs() -> None:
    rows = Rows([[1, 2], [3]], 2)
    assert rows.at.size == 7
    assert not rows.extend(0, [4, 5])
    assert rows.at.size == 7
    assert rows.extend(0, [6])
    assert rows.at.size == 7 + 2 * 5
    for number in range(5):
        assert not rows.extend(0, [number])
    assert rows.extend(0, [9])
    assert rows.lists() == [[1, 2, 4, 5, 6, 0, 1, 2, 3, 4, 9], [3]]


def test_a_new_list_has_the_room_it_was_given() -> None:
    rows = Rows([], 3)
    assert rows.at.size == 0
    rows.at.add(2)
    assert rows.at.size == 2
    assert not rows.extend(0, [1, 2])
    assert rows.extend(0, [3])
    rows.at.add(0)
    assert rows.extend(1, [8])
    assert rows.lists() == [[1, 2, 3], [8]]
