"""Estimate how long a mentee will wait: a range from the waits of similar people, or the promise itself.

For a mentee who has waited already, only longer waits are compared: shorter ones can no longer happen to them. A second
try is compared with second tries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.formulation.priority import lane, promised_by
from services.matcher.domain.insights.disclosure_control import SMALLEST
from services.matcher.domain.insights.statistics import survival_quantile
from services.matcher.domain.weights import Weights


class Wait(NamedTuple):
    """One wait: the person's lane and first language, hours, whether it is over, and whether it follows a try."""

    lane: str
    language: str
    hours: float
    over: bool
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class WaitEstimate:
    """The middle half of similar people had a mentor asked between ``low`` and ``high`` hours.

    Hours count from ``since`` (sign-up, or the end of the last try), of which ``waited`` are over; ``low`` is never
    less. ``basis``: ``similar`` (same lane and language), ``lane``, ``everybody``, or ``promise`` where too few waits
    are known; ``people`` is the number of waits behind it. ``high`` is None where the known waits do not reach that
    far, and for a promise that is ``past``.
    """

    since: datetime
    waited: float
    low: float
    high: float | None
    basis: str
    people: int
    past: bool


def estimate_wait(
    mentee: Mentee, weights: Weights, at: datetime, waits: Iterable[Wait], *, again_since: datetime | None = None
) -> WaitEstimate:
    """Return an estimate from the narrowest set of longer waits of which at least five are over.

    ``again_since`` is when the last of earlier tries ended, if there was one.
    """
    since = again_since or mentee.facts.waiting_since
    waited = max(0.0, _hours(since, at))
    promise = promised_by(mentee, weights, at)
    past = promise <= at
    known = [wait for wait in waits if wait.hours > waited and wait.again == (again_since is not None)]
    own_lane = lane(mentee, at)
    language = mentee.facts.languages[0].tag.split("-", maxsplit=1)[0] if mentee.facts.languages else ""
    sets = {
        "similar": [wait for wait in known if wait.lane == own_lane and wait.language == language],
        "lane": [wait for wait in known if wait.lane == own_lane],
        "everybody": known,
    }
    for basis, similar in sets.items():
        times = [(wait.hours, wait.over) for wait in similar]
        low = survival_quantile(times, 0.25)
        if sum(wait.over for wait in similar) >= SMALLEST and low is not None:
            high = survival_quantile(times, 0.75)
            return WaitEstimate(
                since=since, waited=waited, low=low, high=high, basis=basis, people=len(similar), past=past
            )
    until_promise = None if past else _hours(since, promise)
    return WaitEstimate(
        since=since, waited=waited, low=waited, high=until_promise, basis="promise", people=0, past=past
    )


def _hours(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 3600
