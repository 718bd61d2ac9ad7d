"""Whether every group is served alike: match rate, wait and second tries, with intervals, small cells hidden (G20)."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.matcher.domain.insights.groups import Group, groups_of, hidden
from services.matcher.domain.insights.intervals import survival_quantile, wilson
from services.matcher.domain.people import Mentee

ALERT_RATIO = 1.5


@dataclass(frozen=True, kw_only=True)
class Journey:
    """One person's way so far: ``hours`` waited; ``matched`` says whether that wait is over; ``ended_well`` is None
    while a match goes on or none was made."""

    mentee: Mentee
    hours: float
    matched: bool
    ended_well: bool | None = None


@dataclass(frozen=True, kw_only=True)
class GroupEquity:
    """How one group fares; every number is None where the group has fewer than five people.

    ``match_rate`` comes with its 95 % interval; ``median_wait`` (hours) counts those who still wait; ``rematch_rate``
    is the share of people with more than one try, ``survival`` the share of ended matches that ended well. ``alert``:
    the group's median wait is at least 1.5 times everybody's.
    """

    group: Group
    people: int | None = None
    match_rate: float | None = None
    interval: tuple[float, float] | None = None
    median_wait: float | None = None
    rematch_rate: float | None = None
    survival: float | None = None
    alert: bool = False


EVERYBODY = Group("all", "all")


def equity(journeys: Iterable[Journey]) -> tuple[GroupEquity, ...]:
    """Everybody first, then each group in a fixed order."""
    everyone = tuple(journeys)
    groups: dict[Group, list[Journey]] = {}
    for one in everyone:
        for group in groups_of(one.mentee):
            groups.setdefault(group, []).append(one)
    overall = _fares(EVERYBODY, everyone, None)
    return overall, *(_fares(group, tuple(some), overall.median_wait) for group, some in sorted(groups.items()))


def _fares(group: Group, some: tuple[Journey, ...], usual_wait: float | None) -> GroupEquity:
    if hidden(some):
        return GroupEquity(group=group)
    matched = sum(one.matched for one in some)
    ended = [one.ended_well for one in some if one.ended_well is not None]
    wait = survival_quantile([(one.hours, one.matched) for one in some], 0.5)
    # Where not even half were matched, the wait so far of the middle person is the least it can be.
    least_wait = wait if wait is not None else sorted(one.hours for one in some)[len(some) // 2]
    return GroupEquity(
        group=group,
        people=len(some),
        match_rate=matched / len(some),
        interval=wilson(matched, len(some)),
        median_wait=least_wait,
        rematch_rate=sum(one.mentee.tries > 0 for one in some) / len(some),
        survival=sum(ended) / len(ended) if not hidden(ended) else None,
        alert=usual_wait is not None and least_wait >= ALERT_RATIO * usual_wait > 0,
    )
