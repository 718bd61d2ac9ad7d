"""What other weights would change, against the live pool: nothing is stored, nothing is sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.encoded_pool import EncodedPool, encode_pool
from services.matcher.domain.formulation.pair_scores import PairScores, pair_points
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.insights.disclosure_control import Group, Row
from services.matcher.domain.insights.evaluation import (
    Evaluation,
    Measure,
    Pairing,
    evaluate_pairing,
    ids_of,
    measure,
    pairing,
    rows_of,
)
from services.matcher.domain.insights.groups import Grouped, grouped
from services.matcher.domain.round import Snapshot, SolvedPool, solve_pool
from services.matcher.domain.weights import Weights
from services.matcher.solver.arrays import I64
from services.matcher.solver.column_generation import Limits, Watch

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

    before_by_current: Evaluation
    before_by_candidate: Evaluation
    after_by_current: Evaluation
    after_by_candidate: Evaluation
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

    solved: SolvedPool
    encoded_pool: EncodedPool  # of everybody, people of pins as well
    pairs: PairScores  # everybody's, by the weights in force
    current: Measure
    made: Pairing  # the pairs under the weights in force, pinned ones too
    by_current: Evaluation
    grouped: Grouped

    @property
    def people(self) -> tuple[str, ...]:
        """The mentees' ids."""
        return self.current.people


def prepare(
    snapshot: Snapshot, *, limits: Limits | None = None, cancelled: Callable[[], bool] | None = None
) -> Prepared:
    """Settle the snapshot by the weights in force, once."""
    solved = solve_pool(snapshot, limits=limits, watch=Watch(cancelled=cancelled))
    everybody = _pool(solved.snapshot, snapshot.weights)
    same = solved.problem.weighted_pool.encoded_pool
    encoded_pool = same if not solved.pinned else encode_pool(everybody, snapshot.blocks)
    pairs = pair_points(encoded_pool, snapshot.weights)
    current = measure(ids_of(everybody), pairs, encoded_pool.waits, snapshot.weights)
    made = pairing(pairs, _mentor_rows(solved, everybody))
    return Prepared(
        solved=solved,
        encoded_pool=encoded_pool,
        pairs=pairs,
        current=current,
        made=made,
        by_current=evaluate_pairing(current, made),
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
    current = ready.solved
    then = _pool(current.snapshot, candidate)
    watch = Watch(cancelled=cancelled)
    other = solve_pool(
        replace(current.snapshot, weights=candidate), like=current, alternates=0, limits=limits, watch=watch
    )
    after = pairing(ready.pairs, _mentor_rows(other, then))
    pairs, before_then, after_then = _as_candidate(ready, then, after, other)
    by_candidate = replace(ready.current, pairs=pairs, past=ready.encoded_pool.waits.past(candidate))
    has_mentor, had_mentor = after.mentor_of >= 0, ready.made.mentor_of >= 0
    return WhatIf(
        before_by_current=ready.by_current,
        before_by_candidate=evaluate_pairing(by_candidate, before_then),
        after_by_current=evaluate_pairing(ready.current, after),
        after_by_candidate=evaluate_pairing(by_candidate, after_then),
        changed=_named(ready.people, after.mentor_of != ready.made.mentor_of),
        gained=_named(ready.people, has_mentor & ~had_mentor),
        lost=_named(ready.people, had_mentor & ~has_mentor),
        guardrails=_guardrails(ready.grouped, had_mentor, has_mentor),
        optimal=other.answer.certificate.proves_optimal,
    )


def _as_candidate(
    ready: Prepared, then: Pool, after: Pairing, other: SolvedPool
) -> tuple[PairScores, Pairing, Pairing]:
    """Both sets of pairs with the points they have under the candidate: other ones only by other closeness tables."""
    if then.weights.closeness == ready.solved.snapshot.weights.closeness:
        same = other.problem.weighted_pool.pairs if not other.pinned else pair_points(ready.encoded_pool, then.weights)
        return same, ready.made, after
    encoded_pool = encode_pool(then) if other.pinned else other.problem.weighted_pool.encoded_pool
    pairs = pair_points(encoded_pool, then.weights)
    return pairs, pairing(pairs, ready.made.mentor_of), pairing(pairs, after.mentor_of)


def _or_none(score: int) -> int | None:
    return score if score >= 0 else None


def _pool(snapshot: Snapshot, weights: Weights) -> Pool:
    return Pool(snapshot.mentees, snapshot.mentors, snapshot.at, weights)


def _mentor_rows(solved: SolvedPool, everybody: Pool) -> I64:
    """Each mentee's mentor row, over everybody, pins too."""
    if not solved.pinned:
        return np.array(solved.answer.mentor_of, dtype=np.int64)
    return rows_of(everybody, solved.mentor_of)


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
