"""Who comes first when places are short: lanes, the promise, and how long somebody has waited.

Points of 1 to 192 per person. Waiting adds a concave, capped amount (the square root of days), so that it always helps
and never drowns everything else. A priority lane counts until the promise is past; from then on everybody past their
promise counts alike and above any lane, so that a steady stream of newcomers cannot pass over the same people for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from services.matcher.domain.candidates import Mentee, kept
from services.matcher.domain.criteria.each.device import months_between
from services.matcher.domain.weights import Weights
from services.matcher.solver.arrays import I64

NEWLY_DIAGNOSED = "newly_diagnosed"
STANDARD = "standard"
HIGHEST = 192
_LANE, _PAST_PROMISE = 20, 60
_ALONE, _FIRST_PEER = 4, 2
_WAITING_MOST = 120  # reached after 400 days
_NEW_MONTHS = 6
_LANES = (STANDARD, NEWLY_DIAGNOSED)
_MICROSECOND, _HOUR = timedelta(microseconds=1), timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    told = np.array([_told(one) for one in mentees], dtype=np.int64).reshape(-1, 3)
    waited = (at - _EPOCH) // _MICROSECOND - told[:, 0]
    hours = np.maximum(0, waited // (_HOUR // _MICROSECOND))
    points = np.sqrt(hours * 36 // 24).astype(np.int64)  # exact: these are far below 2**52
    return Waits(
        waited,
        (_month_number(at.year, at.month) - told[:, 1] <= _NEW_MONTHS).astype(np.int64),
        1 + np.minimum(_WAITING_MOST, points) + told[:, 2],
    )


@kept
def _told(mentee: Mentee) -> tuple[int, int, int]:
    """Waiting since (microseconds), diagnosed in (month number, 0 for nobody knows), points of circumstances."""
    facts = mentee.facts
    since = _diagnosed(mentee)
    month = _month_number(*map(int, since.split("-"))) if since else 0
    alone = _ALONE * facts.only_support_is_self + _FIRST_PEER * facts.never_met_a_peer
    return (facts.waiting_since - _EPOCH) // _MICROSECOND, month, alone


def _month_number(year: int, month: int) -> int:
    return 12 * year + month


def lane(mentee: Mentee, at: datetime) -> str:
    """``newly_diagnosed`` for six months from the month of diagnosis (G1), else ``standard``.

    Who says no month, only that it is new, is taken at their word for six months from their sign-up.
    """
    since = _diagnosed(mentee)
    return NEWLY_DIAGNOSED if since and months_between(since, at.date()) <= _NEW_MONTHS else STANDARD


def _diagnosed(mentee: Mentee) -> str | None:
    """The month of diagnosis; of who ticked it without a month, that of sign-up."""
    facts = mentee.facts
    if facts.diagnosed is None and NEWLY_DIAGNOSED in facts.situations:
        return f"{facts.waiting_since:%Y-%m}"
    return facts.diagnosed


def promised_by(mentee: Mentee, weights: Weights, at: datetime) -> datetime:
    """When the promise of the person's lane runs out."""
    return mentee.facts.waiting_since + timedelta(hours=weights.promise_hours[lane(mentee, at)])


def priority(mentee: Mentee, weights: Weights, at: datetime) -> int:
    """One person's points."""
    return int(waits_of([mentee], at).priorities(weights)[0])
