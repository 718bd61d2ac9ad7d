"""How long a newcomer will wait: an honest range from how long people like them waited, or the promise itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.matcher.domain.features.priority import lane, promised_by
from services.matcher.domain.insights.intervals import survival_quantile
from services.matcher.domain.insights.small_cells import SMALLEST
from services.matcher.domain.people import Mentee
from services.matcher.domain.weights import Weights


class Wait(NamedTuple):
    """One person's wait: their lane and first language, hours, and whether it is over (matched)."""

    lane: str
    language: str
    hours: float
    over: bool


@dataclass(frozen=True, kw_only=True)
class WaitEstimate:
    """Half of people like this one were matched between ``low`` and ``high`` hours, a quarter sooner, a quarter later.

    ``basis``: ``similar`` (same lane and language), ``lane``, ``everybody``, or ``promise`` where too few waits are
    known; ``people`` is how many it rests on. ``high`` is None where the data does not reach that far.
    """

    low: float
    high: float | None
    basis: str
    people: int


def estimate_wait(mentee: Mentee, weights: Weights, at: datetime, waits: Iterable[Wait]) -> WaitEstimate:
    """Estimate from the narrowest set of waits in which at least five are over."""
    known = tuple(waits)
    own_lane = lane(mentee, at)
    language = mentee.facts.languages[0].tag.split("-", maxsplit=1)[0] if mentee.facts.languages else ""
    sets = {
        "similar": [one for one in known if one.lane == own_lane and one.language == language],
        "lane": [one for one in known if one.lane == own_lane],
        "everybody": list(known),
    }
    for basis, some in sets.items():
        times = [(one.hours, one.over) for one in some]
        low = survival_quantile(times, 0.25)
        if sum(one.over for one in some) >= SMALLEST and low is not None:
            return WaitEstimate(low=low, high=survival_quantile(times, 0.75), basis=basis, people=len(some))
    promise = (promised_by(mentee, weights, at) - mentee.facts.waiting_since).total_seconds() / 3600
    return WaitEstimate(low=0.0, high=promise, basis="promise", people=0)
