"""The groups that equity looks at, and the rule that hides small ones."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.matcher.domain.people import Mentee

SMALLEST = 5
"""Fewer people than this in a group are not told apart from others."""


class Group(NamedTuple):
    """An axis (``language``, ``diabetes_type``, ``relation``, ``format``) and a code on it."""

    axis: str
    code: str


def groups_of(mentee: Mentee) -> tuple[Group, ...]:
    """The groups a person belongs to: one per axis; their first language, and the first way of talking they named."""
    facts = mentee.facts
    language = facts.languages[0].tag.split("-", maxsplit=1)[0] if facts.languages else "none"
    return (
        Group("language", language),
        Group("diabetes_type", facts.diabetes_type),
        Group("relation", facts.relation),
        Group("format", facts.formats[0] if facts.formats else "any"),
    )


def by_group(mentees: Iterable[Mentee]) -> dict[Group, list[Mentee]]:
    """Everybody under each of their groups, groups in a fixed order."""
    found: dict[Group, list[Mentee]] = {}
    for mentee in mentees:
        for group in groups_of(mentee):
            found.setdefault(group, []).append(mentee)
    return dict(sorted(found.items()))


def hidden(people: Sequence[object]) -> bool:
    """Whether a group is too small to be shown."""
    return len(people) < SMALLEST
