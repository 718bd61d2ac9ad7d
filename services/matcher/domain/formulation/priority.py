"""Priority when places are short: lanes, the promise, and the time waited.

Points of 1 to 192 per person. Waiting adds a concave, capped amount (the square root of days), so that it always helps
and never dominates everything else. A priority lane counts until the promise is past; from then on all people past
their promise count alike and above any lane, so that a steady stream of newcomers cannot pass over the same people
forever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from services.matcher.domain.candidates import Mentee, cached_per_person
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
    """The waits of M people at one instant; they do not depend on weights, ``priorities`` does."""

    waited: I64  # (M,) microseconds, negative for a start in the future
    lane: I64  # (M,) 1: newly diagnosed, 0: standard
    own: I64  # (M,) points of waiting and of circumstances

    def priorities(self, weights: Weights) -> I64:
        """Return points of 1 to 192 (M,); higher goes first when there is no place for all."""
        return np.minimum(HIGHEST, self.own + np.where(self.past(weights), _PAST_PROMISE, _LANE * self.lane))

    def past(self, weights: Weights) -> npt.NDArray[np.bool_]:
        """Return (M,) whose promise has run out."""
        promised = np.array([weights.promise_hours[lane] * (_HOUR // _MICROSECOND) for lane in _LANES], dtype=np.int64)
        return self.waited > promised[self.lane]

    def hours(self) -> npt.NDArray[np.float64]:
        """Return (M,) hours waited, 0 for a start in the future."""
        return np.maximum(0, self.waited) / (_HOUR // _MICROSECOND)


def waits_of(mentees: Sequence[Mentee], at: datetime) -> Waits:
    """Return the waits of the mentees at an instant."""
    facts = np.array([_priority_facts(mentee) for mentee in mentees], dtype=np.int64).reshape(-1, 3)
    waited = (at - _EPOCH) // _MICROSECOND - facts[:, 0]
    hours = np.maximum(0, waited // (_HOUR // _MICROSECOND))
    points = np.sqrt(hours * 36 // 24).astype(np.int64)  # exact: these are far below 2**52
    return Waits(
        waited,
        (_month_number(at.year, at.month) - facts[:, 1] <= _NEW_MONTHS).astype(np.int64),
        1 + np.minimum(_WAITING_MOST, points) + facts[:, 2],
    )


@cached_per_person
def _priority_facts(mentee: Mentee) -> tuple[int, int, int]:
    """Return waiting since (microseconds), month number of diagnosis (0: unknown), points for circumstances."""
    facts = mentee.facts
    since = _diagnosed(mentee)
    month = _month_number(*map(int, since.split("-"))) if since else 0
    alone = _ALONE * facts.only_support_is_self + _FIRST_PEER * facts.never_met_a_peer
    return (facts.waiting_since - _EPOCH) // _MICROSECOND, month, alone


def _month_number(year: int, month: int) -> int:
    return 12 * year + month


def lane(mentee: Mentee, at: datetime) -> str:
    """Return ``newly_diagnosed`` for six months from the month of diagnosis (G1), else ``standard``.

    For a mentee who gives no month but ticks ``newly_diagnosed``, the six months count from sign-up.
    """
    since = _diagnosed(mentee)
    return NEWLY_DIAGNOSED if since and months_between(since, at.date()) <= _NEW_MONTHS else STANDARD


def _diagnosed(mentee: Mentee) -> str | None:
    """Return the month of diagnosis; that of sign-up for a mentee who ticked ``newly_diagnosed`` without a month."""
    facts = mentee.facts
    if facts.diagnosed is None and NEWLY_DIAGNOSED in facts.situations:
        return f"{facts.waiting_since:%Y-%m}"
    return facts.diagnosed


def promised_by(mentee: Mentee, weights: Weights, at: datetime) -> datetime:
    """Return when the promise of the mentee's lane runs out."""
    return mentee.facts.waiting_since + timedelta(hours=weights.promise_hours[lane(mentee, at)])


def priority(mentee: Mentee, weights: Weights, at: datetime) -> int:
    """Return one mentee's points."""
    return int(waits_of([mentee], at).priorities(weights)[0])
