"""Equity: whether groups are served alike in match rate, wait and second tries, with intervals (G20).

Small groups are hidden, and cannot be computed from the rest: see ``disclosure_control``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.insights.disclosure_control import Group, Row, table_rows, too_few
from services.matcher.domain.insights.groups import groups_of
from services.matcher.domain.insights.statistics import survival_quantile, wilson

ALERT_RATIO = 1.5


@dataclass(frozen=True, kw_only=True)
class Journey:
    """One mentee's history: ``hours`` waited; ``matched`` is whether that wait is over.

    ``ended_well`` is None where no match has ended.
    """

    mentee: Mentee
    hours: float
    matched: bool
    ended_well: bool | None = None


@dataclass(frozen=True, kw_only=True)
class GroupEquity:
    """The outcomes of a group; every number is None where disclosure control hides the group.

    ``counts`` are the groups that the numbers cover: the group itself, or all hidden groups of an axis, which share a
    row.

    ``match_rate`` comes with its 95 % interval; ``median_wait`` (hours) counts those who still wait; ``rematch_rate``
    is the share of people with more than one try, ``survival`` the share of ended matches that ended well. ``alert``:
    the group's median wait is at least 1.5 times that of all people.
    """

    group: Group
    counts: tuple[Group, ...] = ()
    people: int | None = None
    match_rate: float | None = None
    interval: tuple[float, float] | None = None
    median_wait: float | None = None
    rematch_rate: float | None = None
    survival: float | None = None
    alert: bool = False


EVERYBODY = Group("all", "all")


def equity(journeys: Iterable[Journey]) -> tuple[GroupEquity, ...]:
    """Return all people first, then each group in a fixed order; an axis ends with the row of its hidden groups."""
    everyone = tuple(journeys)
    if too_few(len(everyone)):
        return (GroupEquity(group=EVERYBODY),)
    groups: dict[Group, list[Journey]] = {}
    for journey in everyone:
        for group in groups_of(journey.mentee):
            groups.setdefault(group, []).append(journey)
    rows = table_rows({group: len(journeys_of_group) for group, journeys_of_group in groups.items()})
    people = {row.group: [journey for group in row.counts for journey in groups[group]] for row in rows if row.counts}
    ends = _groups_with_endings(everyone, people)
    overall = _group_equity(Row(EVERYBODY, ()), everyone, None, ends)
    return overall, *(
        _group_equity(row, people[row.group], overall.median_wait, ends) if row.counts else GroupEquity(group=row.group)
        for row in rows
    )


def _groups_with_endings(everyone: Sequence[Journey], people: Mapping[Group, Sequence[Journey]]) -> frozenset[Group]:
    """Return the rows that may show how matches ended: among ended matches, other groups are small."""
    ended = {group: count for group, journeys in people.items() if (count := _ended(journeys))}
    shown = {row.group for row in table_rows(ended) if row.counts == (row.group,)}
    return frozenset(shown if too_few(_ended(everyone)) else shown | {EVERYBODY})


def _ended(journeys: Sequence[Journey]) -> int:
    return sum(journey.ended_well is not None for journey in journeys)


def _group_equity(
    row: Row, journeys: Sequence[Journey], usual_wait: float | None, ends: frozenset[Group]
) -> GroupEquity:
    matched = sum(journey.matched for journey in journeys)
    wait = survival_quantile([(journey.hours, journey.matched) for journey in journeys], 0.5)
    # Where fewer than half were matched, the median of the waits so far is a lower bound.
    least_wait = wait if wait is not None else sorted(journey.hours for journey in journeys)[len(journeys) // 2]
    return GroupEquity(
        group=row.group,
        counts=row.counts,
        people=len(journeys),
        match_rate=matched / len(journeys),
        interval=wilson(matched, len(journeys)),
        median_wait=least_wait,
        rematch_rate=sum(journey.mentee.tries > 0 for journey in journeys) / len(journeys),
        survival=sum(bool(journey.ended_well) for journey in journeys) / _ended(journeys)
        if row.group in ends
        else None,
        alert=usual_wait is not None and least_wait >= ALERT_RATIO * usual_wait > 0,
    )
