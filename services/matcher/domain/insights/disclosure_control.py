"""Which groups of a table must not be told, so that nobody can work a small one out from the others and the total.

A group of fewer than five is hidden. That alone is not enough: the total less every other group gives it away. So where
the hidden groups of an axis are only one, or fewer than five people together, or could only be all alike, the smallest
of the others are hidden with them. What is left is a sum of at least five people that several splits explain: for each
hidden group at least two counts agree with everything told, even for a reader who knows this rule. A test tries every
small table.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

SMALLEST = 5
"""Fewer people than this in a group are not told apart from others."""
TOGETHER = "hidden_together"
"""The code of the row that counts the hidden groups of an axis as one."""


class Group(NamedTuple):
    """An axis (``language``, ``diabetes_type``, ``relation``, ``format``) and a code on it."""

    axis: str
    code: str


class Row(NamedTuple):
    """A row of a table by groups: whose people it counts, none where the group's numbers are hidden."""

    group: Group
    counts: tuple[Group, ...]


def table_rows(sizes: Mapping[Group, int]) -> tuple[Row, ...]:
    """The rows of a table by groups, axis by axis; a hidden group counts nobody, and all of an axis have one together.

    An axis on which nothing can be told without telling a small group is left out.
    """
    found: list[Row] = []
    for axis in sorted({group.axis for group in sizes}):
        here = {group: size for group, size in sorted(sizes.items()) if group.axis == axis}
        unseen = hidden_among(here)
        if unseen is None:
            continue
        found += [Row(group, () if group in unseen else (group,)) for group in here]
        if unseen:
            found.append(Row(Group(axis, TOGETHER), tuple(group for group in here if group in unseen)))
    return tuple(found)


def hidden_among(sizes: Mapping[Group, int]) -> frozenset[Group] | None:
    """Which groups to hide, where the sum of all is known; None when hiding cannot help."""
    small = frozenset(group for group, size in sizes.items() if too_few(size))
    if not small or _explained_twice([sizes[group] for group in small]):
        return small
    others = [size for group, size in sizes.items() if group not in small]
    # All of that size: to choose one of them by its name would tell which of the hidden it is.
    return small | {group for group, size in sizes.items() if size == min(others)} if others else None


def _explained_twice(counts: Sequence[int]) -> bool:
    """Whether five people or more are hidden in groups of 1 to 4, and not so that they could only be all alike."""
    return len(counts) > 1 and sum(counts) >= SMALLEST and len(counts) < sum(counts) < len(counts) * (SMALLEST - 1)


def too_few(people: int) -> bool:
    """Whether so few people are not told apart from others."""
    return people < SMALLEST
