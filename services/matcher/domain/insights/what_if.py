"""What-if: what other weights would change in the live pool; nothing is stored, nothing is sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.insights.disclosure_control import Group, Row
from services.matcher.domain.insights.evaluation import (
    Evaluation,
    Pairing,
    evaluate_pairing,
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
    """A group before and after; the numbers are None where disclosure control hides the group.

    The hidden groups of an axis share a row.
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

    Each answer is evaluated under both weights, so that a number cannot rise only because the measure changed.
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
        """Return how many mentees' pairs score higher after, by the candidate weights."""
        return int((self._steps > 0).sum())

    @property
    def loses(self) -> int:
        """Return how many mentees' pairs score lower after, by the candidate weights."""
        return int((self._steps < 0).sum())

    def moves(self, most: int) -> list[Move]:
        """Return mentees with another mentor and both scores, by the candidate weights; the largest loss first."""
        before, after = self.before_by_candidate, self.after_by_candidate
        rows = self._changed[np.argsort(self._steps, kind="stable")][:most].tolist()
        return [Move(before.people[row], _or_none(before.score_of[row]), _or_none(after.score_of[row])) for row in rows]

    @cached_property
    def _changed(self) -> I64:
        row_of = {mentee_id: place for place, mentee_id in enumerate(self.before_by_candidate.people)}
        return np.array([row_of[mentee_id] for mentee_id in self.changed], dtype=np.int64)

    @cached_property
    def _steps(self) -> I64:
        """Return the change of score of each mentee in ``changed``; no pair counts as 0."""
        before, after = (
            np.maximum(0, np.array(evaluation.score_of, dtype=np.int64)[self._changed])
            for evaluation in (self.before_by_candidate, self.after_by_candidate)
        )
        return after - before


@dataclass(frozen=True)
class Prepared:
    """The part that all what-ifs over one snapshot share; reused while an admin moves sliders."""

    solved: SolvedPool
    weighted_pool: WeightedPool  # all people, including pinned ones, by the weights in force
    made: Pairing  # the pairs under the weights in force, including pinned ones
    by_current: Evaluation
    grouped: Grouped

    @property
    def people(self) -> tuple[str, ...]:
        """Return the mentees' ids."""
        return self.weighted_pool.pool.mentee_ids


def prepare(
    snapshot: Snapshot, *, limits: Limits | None = None, cancelled: Callable[[], bool] | None = None
) -> Prepared:
    """Solve the snapshot under the weights in force, for any number of what-ifs."""
    solved = solve_pool(snapshot, limits=limits, watch=Watch(cancelled=cancelled))
    weighted_pool = solved.problem if not solved.pinned else weigh_pool(_pool(solved.snapshot), snapshot.blocks)
    made = pairing(weighted_pool, _mentor_rows(solved, weighted_pool.pool))
    return Prepared(
        solved=solved,
        weighted_pool=weighted_pool,
        made=made,
        by_current=evaluate_pairing(weighted_pool, made),
        grouped=grouped(weighted_pool.pool.mentees),
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
    shared = prepared or prepare(snapshot, limits=limits, cancelled=cancelled)
    current = shared.solved
    candidate_snapshot = replace(current.snapshot, weights=candidate)
    watch = Watch(cancelled=cancelled)
    solved = solve_pool(candidate_snapshot, like=current, alternates=0, limits=limits, watch=watch)
    after = pairing(shared.weighted_pool, _mentor_rows(solved, shared.weighted_pool.pool))
    by_candidate, before_then, after_then = _as_candidate(shared, after, solved)
    has_mentor, had_mentor = after.mentor_of >= 0, shared.made.mentor_of >= 0
    return WhatIf(
        before_by_current=shared.by_current,
        before_by_candidate=evaluate_pairing(by_candidate, before_then),
        after_by_current=evaluate_pairing(shared.weighted_pool, after),
        after_by_candidate=evaluate_pairing(by_candidate, after_then),
        changed=_named(shared.people, after.mentor_of != shared.made.mentor_of),
        gained=_named(shared.people, has_mentor & ~had_mentor),
        lost=_named(shared.people, had_mentor & ~has_mentor),
        guardrails=_guardrails(shared.grouped, had_mentor, has_mentor),
        optimal=solved.answer.certificate.proves_optimal,
    )


def _as_candidate(shared: Prepared, after: Pairing, solved: SolvedPool) -> tuple[WeightedPool, Pairing, Pairing]:
    """Return all people and both sets of pairs under the candidate; points differ only by closeness tables."""
    same_tables = solved.snapshot.weights.closeness == shared.solved.snapshot.weights.closeness
    weighted_pool = solved.problem
    if solved.pinned:
        encoded_pool = shared.weighted_pool.encoded_pool if same_tables else None
        weighted_pool = weigh_pool(_pool(solved.snapshot), encoded_pool=encoded_pool)
    if same_tables:
        return weighted_pool, shared.made, after
    return weighted_pool, pairing(weighted_pool, shared.made.mentor_of), pairing(weighted_pool, after.mentor_of)


def _or_none(score: int) -> int | None:
    return score if score >= 0 else None


def _pool(snapshot: Snapshot) -> Pool:
    return Pool(snapshot.mentees, snapshot.mentors, snapshot.at, snapshot.weights)


def _mentor_rows(solved: SolvedPool, all_people: Pool) -> I64:
    """Return each mentee's mentor row over all people, including pins."""
    if not solved.pinned:
        return np.array(solved.answer.mentor_of, dtype=np.int64)
    return rows_of(all_people, solved.mentor_of)


def _named(people: tuple[str, ...], chosen: Flags) -> tuple[str, ...]:
    return tuple(people[row] for row in np.flatnonzero(chosen))


def _guardrails(groups: Grouped, had_mentor: Flags, has_mentor: Flags) -> tuple[Guardrail, ...]:
    counts = (groups.count(chosen) for chosen in (np.ones_like(had_mentor), had_mentor, has_mentor))
    return tuple(_guardrail(*numbers) for numbers in zip(groups.rows, *counts, strict=True))


def _guardrail(row: Row, people: int, before: int, after: int) -> Guardrail:
    if not row.counts:
        return Guardrail(group=row.group, people=None, matched_before=None, matched_after=None, alert=False)
    alert = 100 * (before - after) > ALERT_POINTS * people
    return Guardrail(group=row.group, people=people, matched_before=before, matched_after=after, alert=alert)
