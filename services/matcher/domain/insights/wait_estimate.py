"""How long somebody will wait: an honest range from how long people like them waited, or the promise itself.

Who has waited already is measured by those who waited longer still: what happens sooner cannot happen to them any more.
A second try is measured by second tries.
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
    """One stretch of waiting: the person's lane and first language, hours, whether it is over, and if it came again."""

    lane: str
    language: str
    hours: float
    over: bool
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class WaitEstimate:
    """Half of people like this one had a mentor asked between ``low`` and ``high`` hours, a quarter sooner or later.

    Hours count from ``since`` (sign-up, or the end of the last try), of which ``waited`` are over; ``low`` is never
    less. ``basis``: ``similar`` (same lane and language), ``lane``, ``everybody``, or ``promise`` where too few waits
    are known; ``people`` is how many it rests on. ``high`` is None where the known waits do not reach that far, and for
    a promise that is ``past``.
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
    """Estimate from the narrowest set of waits, longer than theirs so far, of which at least five are over.

    ``again_since`` is when the last of earlier tries ended, if there was one.
    """
    since = again_since or mentee.facts.waiting_since
    waited = max(0.0, _hours(since, at))
    promise = promised_by(mentee, weights, at)
    past = promise <= at
    known = [one for one in waits if one.hours > waited and one.again == (again_since is not None)]
    own_lane = lane(mentee, at)
    language = mentee.facts.languages[0].tag.split("-", maxsplit=1)[0] if mentee.facts.languages else ""
    sets = {
        "similar": [one for one in known if one.lane == own_lane and one.language == language],
        "lane": [one for one in known if one.lane == own_lane],
        "everybody": known,
    }
    for basis, some in sets.items():
        times = [(one.hours, one.over) for one in some]
        low = survival_quantile(times, 0.25)
        if sum(one.over for one in some) >= SMALLEST and low is not None:
            high = survival_quantile(times, 0.75)
            return WaitEstimate(
                since=since, waited=waited, low=low, high=high, basis=basis, people=len(some), past=past
            )
    left = None if past else _hours(since, promise)
    return WaitEstimate(since=since, waited=waited, low=waited, high=left, basis="promise", people=0, past=past)


def _hours(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 3600
