"""The cost of a decision about a pair: pin or block it, solve the pool again, and compare."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.explain import explain
from services.matcher.domain.hard_rules.capacity import has_free_place
from services.matcher.domain.hard_rules.rule_book import QUALITY_FLOOR
from services.matcher.domain.insights.evaluation import evaluate_pairing, pairing, rows_of
from services.matcher.domain.insights.what_if import Prepared, prepare
from services.matcher.domain.round import Snapshot, SolvedPool, solve_pool
from services.matcher.solver.column_generation import Watch


@dataclass(frozen=True, kw_only=True)
class WhyNot:
    """The cost of a pin or a block. ``rules`` name what forbids the pair anyway.

    ``already``: the best pairing agrees with the decision already, so it costs nothing.
    ``fewer_matched`` and ``lost_fit`` (in thousandths of a score, over the whole pool) may be negative: matching one
    person more may cost fit, and the other way round. ``lost_priority`` counts the points of those who wait instead.
    ``others`` are the people whose mentor changes, without the pair's own mentee.
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
    """Return what it would cost to pin the pair; ``prepared`` may be that of the same snapshot.

    The quality floor forbids no pin, which is an admin's own judgement. KeyError when one of the two is not in the
    snapshot.
    """
    if rules := tuple(rule for rule in _rules_against(snapshot, pair) if rule != QUALITY_FLOOR):
        return WhyNot(pair=pair, rules=rules)
    current = prepared or prepare(snapshot, cancelled=cancelled)
    best = current.solved
    if best.mentor_of.get(pair.mentee_id) == pair.mentor_id:
        return WhyNot(pair=pair, rules=(), already=True)
    pins = frozenset(pin for pin in snapshot.pins if pin.mentee_id != pair.mentee_id) | {pair}
    forced = solve_pool(replace(best.snapshot, pins=pins), like=best, alternates=0, watch=Watch(cancelled=cancelled))
    if pair in forced.refused:
        return WhyNot(pair=pair, rules=("pins",))
    return _price(current, forced, pair)


def why_together(
    snapshot: Snapshot,
    pair: Pair,
    prepared: Prepared | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> WhyNot:
    """Return what it would cost to block the pair; a pin of it is withdrawn, and both are matched anew.

    KeyError when one of the two is not in the snapshot.
    """
    rules = _rules_against(snapshot, pair)
    current = prepared or prepare(snapshot, cancelled=cancelled)
    best = current.solved
    if best.mentor_of.get(pair.mentee_id) != pair.mentor_id:
        return WhyNot(pair=pair, rules=rules, already=True)
    apart = replace(best.snapshot, pins=snapshot.pins - {pair}, blocks=snapshot.blocks | {pair})
    return _price(current, solve_pool(apart, like=best, alternates=0, watch=Watch(cancelled=cancelled)), pair)


def _rules_against(snapshot: Snapshot, pair: Pair) -> tuple[str, ...]:
    """Return the rules that forbid the pair in the snapshot, including a block and missing places."""
    mentee = {person.id: person for person in snapshot.mentees}[pair.mentee_id]
    mentor = {person.id: person for person in snapshot.mentors}[pair.mentor_id]
    rules = explain(mentee, mentor, snapshot.weights, snapshot.at).rules
    if pair in snapshot.blocks:
        rules = (*rules, "blocked")
    return rules if _has_place(mentor, mentee.facts.request_shape) else (*rules, "places")


def _has_place(mentor: Mentor, shape: str) -> bool:
    """Return whether places are free for such a request; breaks and declined shapes are reported by other rules."""
    willing = replace(mentor, paused=False, facts=replace(mentor.facts, request_shapes=()))
    return has_free_place(willing, shape)


def _price(current: Prepared, forced: SolvedPool, pair: Pair) -> WhyNot:
    pool, waits = current.weighted_pool.pool, current.weighted_pool.encoded_pool.waits
    before, after = current.made.mentor_of, rows_of(pool, forced.mentor_of)
    first, second = current.by_current, evaluate_pairing(current.weighted_pool, pairing(current.weighted_pool, after))
    ranks = waits.priorities(pool.weights)
    lost = int(ranks[before >= 0].sum() - ranks[after >= 0].sum())
    others = [current.people[row] for row in np.flatnonzero(before != after) if current.people[row] != pair.mentee_id]
    return WhyNot(
        pair=pair,
        rules=(),
        fewer_matched=first.matched - second.matched,
        lost_priority=lost,
        lost_fit=first.fit - second.fit,
        others=tuple(others),
    )
