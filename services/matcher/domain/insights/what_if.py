"""What-if: what other weights would change in the live pool; nothing is stored, nothing is sent."""

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
    encoded_pool: EncodedPool  # of all people, including pinned ones
    pairs: PairScores  # of all people, by the weights in force
    current: Measure
    made: Pairing  # the pairs under the weights in force, including pinned ones
    by_current: Evaluation
    grouped: Grouped

    @property
    def people(self) -> tuple[str, ...]:
        """Return the mentees' ids."""
        return self.current.people


def prepare(
    snapshot: Snapshot, *, limits: Limits | None = None, cancelled: Callable[[], bool] | None = None
) -> Prepared:
    """Solve the snapshot under the weights in force, for any number of what-ifs."""
    solved = solve_pool(snapshot, limits=limits, watch=Watch(cancelled=cancelled))
    all_people = _pool(solved.snapshot, snapshot.weights)
    same = solved.problem.weighted_pool.encoded_pool
    encoded_pool = same if not solved.pinned else encode_pool(all_people, snapshot.blocks)
    pairs = pair_points(encoded_pool, snapshot.weights)
    current = measure(ids_of(all_people), pairs, encoded_pool.waits, snapshot.weights)
    made = pairing(pairs, _mentor_rows(solved, all_people))
    return Prepared(
        solved=solved,
        encoded_pool=encoded_pool,
        pairs=pairs,
        current=current,
        made=made,
        by_current=evaluate_pairing(current, made),
        grouped=grouped(all_people.mentees),
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
    candidate_pool = _pool(current.snapshot, candidate)
    watch = Watch(cancelled=cancelled)
    solved = solve_pool(
        replace(current.snapshot, weights=candidate), like=current, alternates=0, limits=limits, watch=watch
    )
    after = pairing(shared.pairs, _mentor_rows(solved, candidate_pool))
    pairs, before_then, after_then = _as_candidate(shared, candidate_pool, after, solved)
    by_candidate = replace(shared.current, pairs=pairs, past=shared.encoded_pool.waits.past(candidate))
    has_mentor, had_mentor = after.mentor_of >= 0, shared.made.mentor_of >= 0
    return WhatIf(
        before_by_current=shared.by_current,
        before_by_candidate=evaluate_pairing(by_candidate, before_then),
        after_by_current=evaluate_pairing(shared.current, after),
        after_by_candidate=evaluate_pairing(by_candidate, after_then),
        changed=_named(shared.people, after.mentor_of != shared.made.mentor_of),
        gained=_named(shared.people, has_mentor & ~had_mentor),
        lost=_named(shared.people, had_mentor & ~has_mentor),
        guardrails=_guardrails(shared.grouped, had_mentor, has_mentor),
        optimal=solved.answer.certificate.proves_optimal,
    )


def _as_candidate(
    shared: Prepared, candidate_pool: Pool, after: Pairing, solved: SolvedPool
) -> tuple[PairScores, Pairing, Pairing]:
    """Return both sets of pairs with their points under the candidate, which differ only by closeness tables."""
    if candidate_pool.weights.closeness == shared.solved.snapshot.weights.closeness:
        pairs = (
            solved.problem.weighted_pool.pairs
            if not solved.pinned
            else pair_points(shared.encoded_pool, candidate_pool.weights)
        )
        return pairs, shared.made, after
    encoded_pool = encode_pool(candidate_pool) if solved.pinned else solved.problem.weighted_pool.encoded_pool
    pairs = pair_points(encoded_pool, candidate_pool.weights)
    return pairs, pairing(pairs, shared.made.mentor_of), pairing(pairs, after.mentor_of)


def _or_none(score: int) -> int | None:
    return score if score >= 0 else None


def _pool(snapshot: Snapshot, weights: Weights) -> Pool:
    return Pool(snapshot.mentees, snapshot.mentors, snapshot.at, weights)


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
