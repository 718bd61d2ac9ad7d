"""Disclosure control: which groups of a table to hide, so that no small group can be computed from the rest.

A group of fewer than five is hidden. That alone is not enough: the total less every other group reveals it. So where an
axis has only one hidden group, or its hidden groups have fewer than five people together, or their sizes could only be
all equal, the smallest of the other groups are hidden too. What remains is a sum of at least five people that several
splits explain: for each hidden group at least two sizes agree with everything shown, even for a reader who knows this
rule. A test tries every small table.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

SMALLEST = 5
"""The smallest group that is shown on its own."""
TOGETHER = "hidden_together"
"""The code of the row that counts the hidden groups of an axis as one."""


class Group(NamedTuple):
    """An axis (``language``, ``diabetes_type``, ``relation``, ``format``) and a code on it."""

    axis: str
    code: str


class Row(NamedTuple):
    """A row of a table by groups: the groups it counts, none where the group's numbers are hidden."""

    group: Group
    counts: tuple[Group, ...]


def table_rows(sizes: Mapping[Group, int]) -> tuple[Row, ...]:
    """Return the rows of a table by groups, axis by axis; hidden groups of an axis share one row of their own.

    An axis on which nothing can be shown without revealing a small group is left out.
    """
    rows: list[Row] = []
    for axis in sorted({group.axis for group in sizes}):
        on_axis = {group: size for group, size in sorted(sizes.items()) if group.axis == axis}
        hidden = hidden_among(on_axis)
        if hidden is None:
            continue
        rows += [Row(group, () if group in hidden else (group,)) for group in on_axis]
        if hidden:
            rows.append(Row(Group(axis, TOGETHER), tuple(group for group in on_axis if group in hidden)))
    return tuple(rows)


def hidden_among(sizes: Mapping[Group, int]) -> frozenset[Group] | None:
    """Return the groups to hide, where the sum of all is known; None when hiding cannot help."""
    small = frozenset(group for group, size in sizes.items() if too_few(size))
    if not small or _ambiguous([sizes[group] for group in small]):
        return small
    others = [size for group, size in sizes.items() if group not in small]
    # All groups of that size: hiding only one of them by its name would reveal its size.
    return small | {group for group, size in sizes.items() if size == min(others)} if others else None


def _ambiguous(counts: Sequence[int]) -> bool:
    """Return whether the sum of hidden sizes (1 to 4 each) is at least five and has more than one split."""
    return len(counts) > 1 and sum(counts) >= SMALLEST and len(counts) < sum(counts) < len(counts) * (SMALLEST - 1)


def too_few(people: int) -> bool:
    """Return whether a group of this size is too small to be shown on its own."""
    return people < SMALLEST
