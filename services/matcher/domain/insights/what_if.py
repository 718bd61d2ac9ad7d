"""What other weights would change, against the live pool: nothing is stored, nothing is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.matcher.domain.features.ground import Ground, lay_ground
from services.matcher.domain.features.pair_points import pair_points
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.insights.groups import Group, by_group, hidden
from services.matcher.domain.insights.judge import Verdict, judge
from services.matcher.domain.people import Mentee
from services.matcher.domain.round import Settled, Snapshot, settle
from services.matcher.domain.weights import Weights

ALERT_POINTS = 5
"""A group whose match rate falls by more than this many points of a hundred raises an alert."""


@dataclass(frozen=True, kw_only=True)
class Guardrail:
    """A group before and after; the numbers are None where the group has fewer than five people."""

    group: Group
    people: int | None
    matched_before: int | None
    matched_after: int | None
    alert: bool


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


@dataclass(frozen=True)
class Prepared:
    """What every what-if over one snapshot shares; keep it while an admin moves sliders."""

    settled: Settled
    ground: Ground


def prepare(snapshot: Snapshot) -> Prepared:
    """Settle the snapshot by the weights in force, once."""
    settled = settle(snapshot)
    if not settled.pinned:
        return Prepared(settled, settled.problem.reading.ground)
    return Prepared(settled, lay_ground(_pool(settled.snapshot, snapshot.weights), snapshot.blocks))


def what_if(snapshot: Snapshot, candidate: Weights, prepared: Prepared | None = None) -> WhatIf:
    """Compare the weights in force with candidate ones."""
    ready = prepared or prepare(snapshot)
    current = ready.settled
    same_tables = candidate.closeness == snapshot.weights.closeness
    now, then = _pool(current.snapshot, snapshot.weights), _pool(current.snapshot, candidate)
    ground = ready.ground if same_tables else lay_ground(then, snapshot.blocks)
    other = settle(replace(current.snapshot, weights=candidate), ground=ground)
    by_current, by_candidate = pair_points(ready.ground, snapshot.weights), pair_points(ground, candidate)
    before, after = current.mentor_of, other.mentor_of
    people = current.snapshot.mentees
    return WhatIf(
        before_by_current=judge(now, by_current, before),
        before_by_candidate=judge(then, by_candidate, before),
        after_by_current=judge(now, by_current, after),
        after_by_candidate=judge(then, by_candidate, after),
        changed=tuple(one.id for one in people if before.get(one.id) != after.get(one.id)),
        gained=tuple(one.id for one in people if one.id in after and one.id not in before),
        lost=tuple(one.id for one in people if one.id in before and one.id not in after),
        guardrails=tuple(_guardrail(group, some, before, after) for group, some in by_group(people).items()),
        optimal=other.answer.certificate.proves_optimal,
    )


def _pool(snapshot: Snapshot, weights: Weights) -> Pool:
    return Pool(snapshot.mentees, snapshot.mentors, snapshot.at, weights)


def _guardrail(group: Group, people: list[Mentee], before: Mapping[str, str], after: Mapping[str, str]) -> Guardrail:
    if hidden(people):
        return Guardrail(group=group, people=None, matched_before=None, matched_after=None, alert=False)
    was, is_now = (sum(one.id in made for one in people) for made in (before, after))
    alert = 100 * (was - is_now) > ALERT_POINTS * len(people)
    return Guardrail(group=group, people=len(people), matched_before=was, matched_after=is_now, alert=alert)
