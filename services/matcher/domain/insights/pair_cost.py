"""What a decision about a pair costs: pin it, or block it, settle everybody again, and see what the pool would lose."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.explain import explain
from services.matcher.domain.formulation.weighted_pool import QUALITY_FLOOR
from services.matcher.domain.hard_rules.capacity import capacity_of
from services.matcher.domain.insights.evaluation import evaluate_pairing, pairing, rows_of
from services.matcher.domain.insights.what_if import Prepared, prepare
from services.matcher.domain.round import Snapshot, SolvedPool, solve_pool
from services.matcher.solver.column_generation import Watch


@dataclass(frozen=True, kw_only=True)
class WhyNot:
    """The price of a pin or a block. ``rules`` says what keeps the two apart as it is; then nothing else is told.

    ``already``: the best pairing does what was asked about anyway, so it costs nothing.
    ``fewer_matched`` and ``lost_fit`` (in thousandths of a score, over the whole pool) may be negative: matching one
    person more may cost fit, and the other way round. ``lost_priority`` counts the points of those who wait instead.
    ``others`` are the people whose mentor changes, the pair's own mentee left aside.
    """

    pair: Pair
    rules: tuple[str, ...]
    already: bool = False
    fewer_matched: int = 0
    lost_priority: int = 0
    lost_fit: int = 0
    others: tuple[str, ...] = ()


def why_not(
    snapshot: Snapshot,
    pair: Pair,
    prepared: Prepared | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> WhyNot:
    """Say what it would cost to pin the pair; ``prepared`` may be the snapshot's own, already at hand.

    The quality floor forbids no pin: who pins a pair has judged it themselves. KeyError when one of the two is not in
    the snapshot.
    """
    if rules := tuple(rule for rule in _kept_apart_by(snapshot, pair) if rule != QUALITY_FLOOR):
        return WhyNot(pair=pair, rules=rules)
    ready = prepared or prepare(snapshot, cancelled=cancelled)
    best = ready.solved
    if best.mentor_of.get(pair.mentee_id) == pair.mentor_id:
        return WhyNot(pair=pair, rules=(), already=True)
    pins = frozenset(pin for pin in snapshot.pins if pin.mentee_id != pair.mentee_id) | {pair}
    forced = solve_pool(replace(best.snapshot, pins=pins), like=best, alternates=0, watch=Watch(cancelled=cancelled))
    if pair in forced.refused:
        return WhyNot(pair=pair, rules=("pins",))
    return _price(ready, forced, pair)


def why_together(
    snapshot: Snapshot,
    pair: Pair,
    prepared: Prepared | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> WhyNot:
    """Say what it would cost to block the pair: a pin of it is taken back, and both find others or nobody.

    KeyError when one of the two is not in the snapshot.
    """
    rules = _kept_apart_by(snapshot, pair)
    ready = prepared or prepare(snapshot, cancelled=cancelled)
    best = ready.solved
    if best.mentor_of.get(pair.mentee_id) != pair.mentor_id:
        return WhyNot(pair=pair, rules=rules, already=True)
    apart = replace(best.snapshot, pins=snapshot.pins - {pair}, blocks=snapshot.blocks | {pair})
    return _price(ready, solve_pool(apart, like=best, alternates=0, watch=Watch(cancelled=cancelled)), pair)


def _kept_apart_by(snapshot: Snapshot, pair: Pair) -> tuple[str, ...]:
    """The rules that forbid the pair, whatever anybody decides."""
    mentee = {one.id: one for one in snapshot.mentees}[pair.mentee_id]
    mentor = {one.id: one for one in snapshot.mentors}[pair.mentor_id]
    rules = explain(mentee, mentor, snapshot.weights, snapshot.at).rules
    if pair in snapshot.blocks:
        rules = (*rules, "blocked")
    return rules if _has_place(mentor, mentee.facts.request_shape) else (*rules, "places")


def _has_place(mentor: Mentor, shape: str) -> bool:
    """Whether places are free for such a request, a break or a shape the mentor declines left aside: told by rules."""
    willing = replace(mentor, paused=False, facts=replace(mentor.facts, request_shapes=()))
    return capacity_of(willing).takes(shape)


def _price(ready: Prepared, forced: SolvedPool, pair: Pair) -> WhyNot:
    ordered = ready.solved.snapshot
    pool = Pool(ordered.mentees, ordered.mentors, ordered.at, ordered.weights)
    before, after = ready.made.mentor_of, rows_of(pool, forced.mentor_of)
    first, second = ready.by_current, evaluate_pairing(ready.current, pairing(ready.pairs, after))
    ranks = ready.encoded_pool.waits.priorities(pool.weights)
    lost = int(ranks[before >= 0].sum() - ranks[after >= 0].sum())
    others = [ready.people[row] for row in np.flatnonzero(before != after) if ready.people[row] != pair.mentee_id]
    return WhyNot(
        pair=pair,
        rules=(),
        fewer_matched=first.matched - second.matched,
        lost_priority=lost,
        lost_fit=first.fit - second.fit,
        others=tuple(others),
    )
