"""Small groups stay hidden, also from a reader who subtracts the shown groups from the total."""

from collections import defaultdict
from itertools import product

import pytest

from services.matcher.domain.insights.disclosure_control import TOGETHER, Group, table_rows

Table = tuple[int | None, ...]


def sized(*sizes: int) -> dict[Group, int]:
    return {Group("language", code): size for code, size in zip("abcdefg", sizes, strict=False)}


def as_shown(sizes: tuple[int, ...]) -> Table | None:
    """Return what a reader sees: the size of each group or None; None for an axis that is left out."""
    table = sized(*sizes)
    rows = {row.group: sum(table[group] for group in row.counts) or None for row in table_rows(table)}
    return tuple(rows[group] for group in table) if rows else None


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_in_every_small_table_no_hidden_size_can_be_computed(groups: int) -> None:
    """A reader who knows the total and the rule finds at least two sizes for each hidden group."""
    explained: dict[tuple[Table, int], list[tuple[int, ...]]] = defaultdict(list)
    for sizes in product(range(1, 9), repeat=groups):
        shown = as_shown(sizes)
        if shown is not None:
            explained[shown, sum(sizes)].append(sizes)
    for (shown, total), possible in explained.items():
        for place, size in enumerate(shown):
            found = {sizes[place] for sizes in possible}
            assert (len(found) > 1) if size is None else (found == {size}), (shown, total, found)


def test_groups_of_five_are_hidden_only_where_they_must_be() -> None:
    assert as_shown((5, 6, 7)) == (5, 6, 7)
    assert as_shown((2, 4, 9)) == (None, None, 9), "six people in two groups"
    assert as_shown((3, 20, 30)) == (None, None, 30), "the total less the others would reveal the three"
    assert as_shown((1, 2, 20, 30)) == (None, None, None, 30), "three people in two groups"


def test_an_axis_on_which_hiding_cannot_help_is_left_out() -> None:
    assert as_shown((3,)) is None
    assert as_shown((1, 1, 1, 1, 1)) is None, "five people in five groups: one each"
    assert as_shown((4, 4)) is None


def test_hidden_groups_are_counted_together_within_an_axis() -> None:
    sizes = sized(3, 9, 40) | {Group("relation", "self"): 52}
    shown = [(row.group.axis, row.group.code, len(row.counts)) for row in table_rows(sizes)]
    assert shown == [
        ("language", "a", 0),
        ("language", "b", 0),
        ("language", "c", 1),
        ("language", TOGETHER, 2),
        ("relation", "self", 1),
    ]
