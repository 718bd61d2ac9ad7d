"""Who comes first when places are short: lanes, the promise, and how long somebody has waited.

Points of 1 to 192 per person. Waiting adds a concave, capped amount (the square root of days), so that it always helps
and never drowns everything else. A priority lane counts until the promise is past; from then on everybody past their
promise counts alike and above any lane, so that a steady stream of newcomers cannot pass over the same people for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isqrt

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I64
from services.matcher.domain.features.criteria.device import months_between
from services.matcher.domain.people import Mentee
from services.matcher.domain.weights import Weights

NEWLY_DIAGNOSED = "newly_diagnosed"
STANDARD = "standard"
HIGHEST = 192
_LANE, _PAST_PROMISE = 20, 60
_ALONE, _FIRST_PEER = 4, 2
_WAITING_MOST = 120  # reached after 400 days
_NEW_MONTHS = 6
_LANES = (STANDARD, NEWLY_DIAGNOSED)
_MICROSECOND, _HOUR = timedelta(microseconds=1), timedelta(hours=1)


@dataclass(frozen=True)
class Waits:
    """How M people wait at one instant, whatever the weights: what `priorities` of any weights start from."""

    waited: I64  # (M,) microseconds, negative for who will wait later
    lane: I64  # (M,) 1: newly diagnosed, 0: standard
    own: I64  # (M,) points of waiting and of circumstances

    def priorities(self, weights: Weights) -> I64:
        """Points of 1 to 192; higher goes first when there is no place for all."""
        return np.minimum(HIGHEST, self.own + np.where(self.past(weights), _PAST_PROMISE, _LANE * self.lane))

    def past(self, weights: Weights) -> npt.NDArray[np.bool_]:
        """(M,) whose promise has run out."""
        promised = np.array([weights.promise_hours[lane] * (_HOUR // _MICROSECOND) for lane in _LANES], dtype=np.int64)
        return self.waited > promised[self.lane]

    def hours(self) -> npt.NDArray[np.float64]:
        """(M,) hours waited, 0 for who will wait later."""
        return np.maximum(0, self.waited) / (_HOUR // _MICROSECOND)


def waits_of(mentees: Sequence[Mentee], at: datetime) -> Waits:
    """Read how everybody waits, once per instant."""
    return Waits(
        np.array([(at - one.facts.waiting_since) // _MICROSECOND for one in mentees], dtype=np.int64),
        np.array([lane(one, at) == NEWLY_DIAGNOSED for one in mentees], dtype=np.int64),
        np.array([_own_points(one, at) for one in mentees], dtype=np.int64),
    )


def lane(mentee: Mentee, at: datetime) -> str:
    """``newly_diagnosed`` for six months from the month of diagnosis (G1), else ``standard``.

    Who says no month, only that it is new, is taken at their word for six months from their sign-up.
    """
    facts = mentee.facts
    since = facts.diagnosed
    if since is None and NEWLY_DIAGNOSED in facts.situations:
        since = f"{facts.waiting_since:%Y-%m}"
    return NEWLY_DIAGNOSED if since and months_between(since, at.date()) <= _NEW_MONTHS else STANDARD


def promised_by(mentee: Mentee, weights: Weights, at: datetime) -> datetime:
    """When the promise of the person's lane runs out."""
    return mentee.facts.waiting_since + timedelta(hours=weights.promise_hours[lane(mentee, at)])


def priority(mentee: Mentee, weights: Weights, at: datetime) -> int:
    """One person's points."""
    return int(waits_of([mentee], at).priorities(weights)[0])


def _own_points(mentee: Mentee, at: datetime) -> int:
    facts = mentee.facts
    waited_hours = max(0, int((at - facts.waiting_since).total_seconds() // 3600))
    points = 1 + min(_WAITING_MOST, isqrt(waited_hours * 36 // 24))
    return points + _ALONE * facts.only_support_is_self + _FIRST_PEER * facts.never_met_a_peer
