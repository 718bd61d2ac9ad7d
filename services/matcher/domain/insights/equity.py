"""Whether every group is served alike: match rate, wait and second tries, with intervals, small cells hidden (G20).

What is hidden stays hidden from who subtracts: see ``small_cells``.
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
    """One person's way so far.

    ``hours`` waited; ``matched`` says whether that wait is over; ``ended_well`` is None while a match goes on or none
    was made.
    """

    mentee: Mentee
    hours: float
    matched: bool
    ended_well: bool | None = None


@dataclass(frozen=True, kw_only=True)
class GroupEquity:
    """How one group fares; every number is None where the group is hidden, being small or so that no small one shows.

    ``counts`` are the groups whose people the numbers are about: the group itself, or all hidden ones of an axis, which
    have a row together.

    ``match_rate`` comes with its 95 % interval; ``median_wait`` (hours) counts those who still wait; ``rematch_rate``
    is the share of people with more than one try, ``survival`` the share of ended matches that ended well. ``alert``:
    the group's median wait is at least 1.5 times everybody's.
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
    """Everybody first, then each group in a fixed order, those that are hidden together behind those of their axis."""
    everyone = tuple(journeys)
    if too_few(len(everyone)):
        return (GroupEquity(group=EVERYBODY),)
    groups: dict[Group, list[Journey]] = {}
    for one in everyone:
        for group in groups_of(one.mentee):
            groups.setdefault(group, []).append(one)
    rows = table_rows({group: len(some) for group, some in groups.items()})
    people = {row.group: [one for group in row.counts for one in groups[group]] for row in rows if row.counts}
    ends = _ends_told(everyone, people)
    overall = _fares(Row(EVERYBODY, ()), everyone, None, ends)
    return overall, *(
        _fares(row, people[row.group], overall.median_wait, ends) if row.counts else GroupEquity(group=row.group)
        for row in rows
    )


def _ends_told(everyone: Sequence[Journey], people: Mapping[Group, Sequence[Journey]]) -> frozenset[Group]:
    """The rows that say how matches ended: among those whose match has, other groups are small."""
    ended = {group: count for group, some in people.items() if (count := _ended(some))}
    told = {row.group for row in table_rows(ended) if row.counts == (row.group,)}
    return frozenset(told if too_few(_ended(everyone)) else told | {EVERYBODY})


def _ended(some: Sequence[Journey]) -> int:
    return sum(one.ended_well is not None for one in some)


def _fares(row: Row, some: Sequence[Journey], usual_wait: float | None, ends: frozenset[Group]) -> GroupEquity:
    matched = sum(one.matched for one in some)
    wait = survival_quantile([(one.hours, one.matched) for one in some], 0.5)
    # Where not even half were matched, the wait so far of the middle person is the least it can be.
    least_wait = wait if wait is not None else sorted(one.hours for one in some)[len(some) // 2]
    return GroupEquity(
        group=row.group,
        counts=row.counts,
        people=len(some),
        match_rate=matched / len(some),
        interval=wilson(matched, len(some)),
        median_wait=least_wait,
        rematch_rate=sum(one.mentee.tries > 0 for one in some) / len(some),
        survival=sum(bool(one.ended_well) for one in some) / _ended(some) if row.group in ends else None,
        alert=usual_wait is not None and least_wait >= ALERT_RATIO * usual_wait > 0,
    )
