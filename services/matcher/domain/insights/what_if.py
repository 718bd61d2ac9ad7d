"""What other weights would change, against the live pool: nothing is stored, nothing is sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from services.matcher.domain.arrays import I64
from services.matcher.domain.features.ground import Ground, lay_ground
from services.matcher.domain.features.pair_points import PairPoints, pair_points
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.rules import Flags
from services.matcher.domain.insights.groups import Grouped, grouped
from services.matcher.domain.insights.judge import (
    Measure,
    Pairing,
    Verdict,
    ids_of,
    judge_pairing,
    measure,
    pairing,
    rows_of,
)
from services.matcher.domain.insights.small_cells import Group, Row
from services.matcher.domain.round import Settled, Snapshot, settle
from services.matcher.domain.solve import Limits, Watch
from services.matcher.domain.weights import Weights

ALERT_POINTS = 5
"""A group whose match rate falls by more than this many points of a hundred raises an alert."""


@dataclass(frozen=True, kw_only=True)
class Guardrail:
    """A group before and after; the numbers are None where it is hidden, being small or so that no small one shows.

    The hidden groups of an axis have a row together.
    """

    group: Group
    people: int | None
    matched_before: int | None
    matched_after: int | None
    alert: bool


class Move(NamedTuple):
    """A mentee with another mentor: the scores of both pairs, None for no pair."""

    mentee_id: str
    before: int | None
    after: int | None


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The same people under the weights in force (``before``) and the candidate ones (``after``).

    Each answer is judged by both weights, so that a number cannot rise only because the measure changed.
    """

    before_by_current: Verdict
    before_by_candidate: Verdict
    after_by_current: Verdict
    after_by_candidate: Verdict
    changed: tuple[str, ...]  # mentees with another mentor
    gained: tuple[str, ...]  # mentees with a mentor only after
    lost: tuple[str, ...]  # mentees with a mentor only before
    guardrails: tuple[Guardrail, ...]
    optimal: bool

    @property
    def gains(self) -> int:
        """How many mentees' pairs score higher after, by the candidate weights."""
        return int((self._steps > 0).sum())

    @property
    def loses(self) -> int:
        """How many mentees' pairs score lower after, by the candidate weights."""
        return int((self._steps < 0).sum())

    def moves(self, most: int) -> list[Move]:
        """Mentees with another mentor and the scores of both, by the candidate weights; who loses most first."""
        before, after = self.before_by_candidate, self.after_by_candidate
        rows = self._changed[np.argsort(self._steps, kind="stable")][:most].tolist()
        return [Move(before.people[row], _or_none(before.score_of[row]), _or_none(after.score_of[row])) for row in rows]

    @cached_property
    def _changed(self) -> I64:
        row = {one: place for place, one in enumerate(self.before_by_candidate.people)}
        return np.array([row[one] for one in self.changed], dtype=np.int64)

    @cached_property
    def _steps(self) -> I64:
        """What each of the changed gains, no pair counting as 0."""
        was, is_now = (
            np.maximum(0, np.array(one.score_of, dtype=np.int64)[self._changed])
            for one in (self.before_by_candidate, self.after_by_candidate)
        )
        return is_now - was


@dataclass(frozen=True)
class Prepared:
    """What every what-if over one snapshot shares; keep it while an admin moves sliders."""

    settled: Settled
    ground: Ground  # of everybody, people of pins as well
    pairs: PairPoints  # everybody's, by the weights in force
    current: Measure
    made: Pairing  # the pairs under the weights in force, pinned ones too
    by_current: Verdict
    grouped: Grouped

    @property
    def people(self) -> tuple[str, ...]:
        """The mentees' ids."""
        return self.current.people


def prepare(
    snapshot: Snapshot, *, limits: Limits | None = None, cancelled: Callable[[], bool] | None = None
) -> Prepared:
    """Settle the snapshot by the weights in force, once."""
    settled = settle(snapshot, limits=limits, watch=Watch(cancelled=cancelled))
    everybody = _pool(settled.snapshot, snapshot.weights)
    same = settled.problem.reading.ground
    ground = same if not settled.pinned else lay_ground(everybody, snapshot.blocks)
    pairs = pair_points(ground, snapshot.weights)
    current = measure(ids_of(everybody), pairs, ground.waits, snapshot.weights)
    made = pairing(pairs, _mentor_rows(settled, everybody))
    return Prepared(
        settled=settled,
        ground=ground,
        pairs=pairs,
        current=current,
        made=made,
        by_current=judge_pairing(current, made),
        grouped=grouped(everybody.mentees),
    )


def what_if(
    snapshot: Snapshot,
    candidate: Weights,
    prepared: Prepared | None = None,
    *,
    limits: Limits | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> WhatIf:
    """Compare the weights in force with candidate ones; raises ``LimitReachedError`` beyond the ``limits``."""
    ready = prepared or prepare(snapshot, limits=limits, cancelled=cancelled)
    current = ready.settled
    then = _pool(current.snapshot, candidate)
    watch = Watch(cancelled=cancelled)
    other = settle(replace(current.snapshot, weights=candidate), like=current, alternates=0, limits=limits, watch=watch)
    after = pairing(ready.pairs, _mentor_rows(other, then))
    pairs, before_then, after_then = _as_candidate(ready, then, after, other)
    by_candidate = replace(ready.current, pairs=pairs, past=ready.ground.waits.past(candidate))
    has_mentor, had_mentor = after.mentor_of >= 0, ready.made.mentor_of >= 0
    return WhatIf(
        before_by_current=ready.by_current,
        before_by_candidate=judge_pairing(by_candidate, before_then),
        after_by_current=judge_pairing(ready.current, after),
        after_by_candidate=judge_pairing(by_candidate, after_then),
        changed=_named(ready.people, after.mentor_of != ready.made.mentor_of),
        gained=_named(ready.people, has_mentor & ~had_mentor),
        lost=_named(ready.people, had_mentor & ~has_mentor),
        guardrails=_guardrails(ready.grouped, had_mentor, has_mentor),
        optimal=other.answer.certificate.proves_optimal,
    )


def _as_candidate(ready: Prepared, then: Pool, after: Pairing, other: Settled) -> tuple[PairPoints, Pairing, Pairing]:
    """Both sets of pairs with the points they have under the candidate: other ones only by other closeness tables."""
    if then.weights.closeness == ready.settled.snapshot.weights.closeness:
        same = other.problem.reading.pairs if not other.pinned else pair_points(ready.ground, then.weights)
        return same, ready.made, after
    ground = lay_ground(then) if other.pinned else other.problem.reading.ground
    pairs = pair_points(ground, then.weights)
    return pairs, pairing(pairs, ready.made.mentor_of), pairing(pairs, after.mentor_of)


def _or_none(score: int) -> int | None:
    return score if score >= 0 else None


def _pool(snapshot: Snapshot, weights: Weights) -> Pool:
    return Pool(snapshot.mentees, snapshot.mentors, snapshot.at, weights)


def _mentor_rows(settled: Settled, everybody: Pool) -> I64:
    """Each mentee's mentor row, over everybody, pins too."""
    if not settled.pinned:
        return np.array(settled.answer.mentor_of, dtype=np.int64)
    return rows_of(everybody, settled.mentor_of)


def _named(people: tuple[str, ...], chosen: Flags) -> tuple[str, ...]:
    return tuple(people[row] for row in np.flatnonzero(chosen))


def _guardrails(groups: Grouped, had_mentor: Flags, has_mentor: Flags) -> tuple[Guardrail, ...]:
    counts = (groups.count(chosen) for chosen in (np.ones_like(had_mentor), had_mentor, has_mentor))
    return tuple(_guardrail(*told) for told in zip(groups.rows, *counts, strict=True))


def _guardrail(row: Row, people: int, was: int, is_now: int) -> Guardrail:
    if not row.counts:
        return Guardrail(group=row.group, people=None, matched_before=None, matched_after=None, alert=False)
    alert = 100 * (was - is_now) > ALERT_POINTS * people
    return Guardrail(group=row.group, people=people, matched_before=was, matched_after=is_now, alert=alert)
