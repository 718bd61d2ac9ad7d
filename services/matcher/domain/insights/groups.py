"""The groups that equity looks at, and the rule that hides small ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I64
from services.matcher.domain.people import Mentee

_AXES = ("language", "diabetes_type", "relation", "format")
SMALLEST = 5
"""Fewer people than this in a group are not told apart from others."""


class Group(NamedTuple):
    """An axis (``language``, ``diabetes_type``, ``relation``, ``format``) and a code on it."""

    axis: str
    code: str


def groups_of(mentee: Mentee) -> tuple[Group, ...]:
    """The groups a person belongs to: one per axis; their first language, and the first way of talking they named."""
    return tuple(Group(axis, code) for axis, code in zip(_AXES, _codes_of(mentee), strict=True))


def _codes_of(mentee: Mentee) -> tuple[str, str, str, str]:
    facts = mentee.facts
    language = facts.languages[0].tag.split("-", maxsplit=1)[0] if facts.languages else "none"
    return language, facts.diabetes_type, facts.relation, facts.formats[0] if facts.formats else "any"


@dataclass(frozen=True)
class Grouped:
    """M mentees under each of their groups, groups in a fixed order."""

    groups: tuple[Group, ...]  # G
    codes: I64  # (A, M) the group on each axis

    def count(self, chosen: npt.NDArray[np.bool_]) -> list[int]:
        """How many of the chosen (M,) mentees are in each group."""
        if not self.groups:
            return []
        found: list[int] = np.bincount(self.codes[:, chosen].ravel(), minlength=len(self.groups)).tolist()
        return found


def grouped(mentees: Sequence[Mentee]) -> Grouped:
    """Look up everybody's groups, once."""
    axes = list(zip(*map(_codes_of, mentees), strict=True))
    groups = tuple(sorted({Group(axis, code) for axis, codes in zip(_AXES, axes, strict=False) for code in codes}))
    place = {group: number for number, group in enumerate(groups)}
    numbers = [{group.code: place[group] for group in groups if group.axis == axis} for axis in _AXES]
    return Grouped(
        groups, np.array([[number[code] for code in codes] for number, codes in zip(numbers, axes, strict=False)])
    )


def hidden(people: Sequence[object]) -> bool:
    """Whether a group is too small to be shown."""
    return too_few(len(people))


def too_few(people: int) -> bool:
    """Whether so few people are not told apart from others."""
    return people < SMALLEST
