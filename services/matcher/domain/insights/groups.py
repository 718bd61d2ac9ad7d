"""The groups by which equity and what-ifs are reported."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.insights.disclosure_control import Group, Row, table_rows
from services.matcher.solver.arrays import I64

_AXES = ("language", "diabetes_type", "relation", "format")


def groups_of(mentee: Mentee) -> tuple[Group, ...]:
    """Return a mentee's group on each axis; by their first language, and the first way to talk they named."""
    return tuple(Group(axis, code) for axis, code in zip(_AXES, _codes_of(mentee), strict=True))


def _codes_of(mentee: Mentee) -> tuple[str, str, str, str]:
    facts = mentee.facts
    language = facts.languages[0].tag.split("-", maxsplit=1)[0] if facts.languages else "none"
    return language, facts.diabetes_type, facts.relation, facts.formats[0] if facts.formats else "any"


@dataclass(frozen=True)
class Grouped:
    """M mentees by group, and the table rows that disclosure control allows."""

    rows: tuple[Row, ...]  # R
    members: I64  # (R, G) 1 where the row includes the group
    codes: I64  # (A, M) the group on each axis

    def count(self, chosen: npt.NDArray[np.bool_]) -> list[int]:
        """Return how many of the chosen (M,) mentees each row counts; 0 for the rows of hidden groups."""
        by_group = np.bincount(self.codes[:, chosen].ravel(), minlength=self.members.shape[1])
        counts: list[int] = (self.members @ by_group).tolist()
        return counts


def grouped(mentees: Sequence[Mentee]) -> Grouped:
    """Return the mentees by group."""
    axes = [[Group(axis, code) for code in codes] for axis, codes in zip(_AXES, _by_axis(mentees), strict=True)]
    sizes = Counter(group for groups in axes for group in groups)
    place = {group: number for number, group in enumerate(sizes)}
    rows = table_rows(sizes)
    members = np.array([[group in row.counts for group in sizes] for row in rows], dtype=np.int64)
    codes = np.array([[place[group] for group in groups] for groups in axes], dtype=np.int64)
    return Grouped(rows, members.reshape(len(rows), len(sizes)), codes)


def _by_axis(mentees: Sequence[Mentee]) -> list[tuple[str, ...]]:
    return list(zip(*map(_codes_of, mentees), strict=True)) if mentees else [()] * len(_AXES)
