"""The cost of a decision about a pair: pin or block it, match the pool again, and compare.

The kept answer is changed by the dynamic assignment: a pinned mentee leaves, and mentors whose places or pairs change
arrive anew. The pool is solved again only where that would not be exact (see ``_mentors_after``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.explain import explain
from services.matcher.domain.formulation.objective import strict_order
from services.matcher.domain.formulation.unsent_proposals import unsent_proposals
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.capacity import has_free_place
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.hard_rules.rule_book import QUALITY_FLOOR
from services.matcher.domain.insights.evaluation import evaluate_pairing, pairing, rows_of
from services.matcher.domain.insights.pool_changes import closed, columns_of, start_changes
from services.matcher.domain.insights.what_if import Prepared, prepare
from services.matcher.domain.round import Snapshot, SolvedPool, solve_pool
from services.matcher.domain.round.pins import apply_pins
from services.matcher.solver.arrays import I64
from services.matcher.solver.column_generation import Watch
from services.matcher.solver.dynamic import NO_PAIRS


@dataclass(frozen=True, kw_only=True)
class PairCost:
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
) -> PairCost:
    """Return what it would cost to pin the pair; ``prepared`` may be that of the same snapshot.

    The quality floor forbids no pin, which is an admin's own judgement. KeyError when one of the two is not in the
    snapshot.
    """
    if rules := tuple(rule for rule in _rules_against(snapshot, pair) if rule != QUALITY_FLOOR):
        return PairCost(pair=pair, rules=rules)
    current = prepared or prepare(snapshot, cancelled=cancelled)
    best = current.solved
    if best.mentor_of.get(pair.mentee_id) == pair.mentor_id:
        return PairCost(pair=pair, rules=(), already=True)
    pins = frozenset(pin for pin in snapshot.pins if pin.mentee_id != pair.mentee_id) | {pair}
    forced = _mentors_after(best, replace(best.snapshot, pins=pins), Watch(cancelled=cancelled))
    given = forced[current.people.index(pair.mentee_id)]
    if given < 0 or best.snapshot.mentors[given].id != pair.mentor_id:
        return PairCost(pair=pair, rules=("pins",))
    return _price(current, forced, pair)


def why_together(
    snapshot: Snapshot,
    pair: Pair,
    prepared: Prepared | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> PairCost:
    """Return what it would cost to block the pair; a pin of it is withdrawn, and both are matched anew.

    KeyError when one of the two is not in the snapshot.
    """
    rules = _rules_against(snapshot, pair)
    current = prepared or prepare(snapshot, cancelled=cancelled)
    best = current.solved
    if best.mentor_of.get(pair.mentee_id) != pair.mentor_id:
        return PairCost(pair=pair, rules=rules, already=True)
    apart = replace(best.snapshot, pins=snapshot.pins - {pair}, blocks=snapshot.blocks | {pair})
    return _price(current, _mentors_after(best, apart, Watch(cancelled=cancelled)), pair)


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


def _mentors_after(best: SolvedPool, decided: Snapshot, watch: Watch) -> I64:
    """Return each mentee's mentor (rows of the snapshot, -1: none) with other pins and blocks than the solved ones.

    The pool is solved again where the dynamic assignment does not apply: a mentee whose pin is withdrawn returns, or
    values of other people change (see ``_same_values``).
    """
    problem = best.problem
    rest, pinned, _ = apply_pins(decided)
    staying = {mentee.id for mentee in rest.mentees}
    leaving = [row for row, mentee in enumerate(problem.pool.mentees) if mentee.id not in staying]
    returns = len(problem.pool.mentees) - len(leaving) < len(staying)
    if returns or not _same_values(problem, leaving):
        again = solve_pool(decided, like=best, alternates=0, watch=watch)
        return rows_of(_pool(again.snapshot), again.mentor_of)
    newly_blocked = {pair.mentor_id for pair in decided.blocks - best.snapshot.blocks}
    mentors = [
        row
        for row, (before, after) in enumerate(zip(problem.pool.mentors, rest.mentors, strict=True))
        if after.id in newly_blocked or (after is not before and after != before)
    ]
    chosen = _changed(best, rest, leaving, mentors, watch)
    return _rows_with_pins(best, chosen, pinned)


def _changed(best: SolvedPool, rest: Snapshot, leaving: Sequence[int], mentors: Sequence[int], watch: Watch) -> I64:
    """Return the mentor (row) of each mentee of the solved problem when mentees leave and mentors change."""
    problem, state = best.problem, start_changes(best.problem, best.answer)
    among = np.setdiff1d(_may_meet(problem, mentors), leaving)
    columns = columns_of(problem, [rest.mentors[row] for row in mentors], among, rest.blocks)
    arriving = {
        len(state.capacity) + number: (column.partners(problem, rest.mentors[mentors[column.mentor]].id), column.places)
        for number, column in enumerate(columns)
    }
    after = state.after(
        mentees=dict.fromkeys(leaving, NO_PAIRS), mentors=closed(problem, mentors) | arriving, watch=watch
    )
    new_rows = np.array([mentors[column.mentor] for column in columns], dtype=np.int64)
    mentor_rows = np.concatenate([problem.seats.mentor_rows, new_rows, [-1]])  # the last for those without a mentor
    return mentor_rows[after.optimum.mentor_of]


def _rows_with_pins(best: SolvedPool, chosen: I64, pinned: Sequence[Pair]) -> I64:
    """Return the mentors of all mentees of the snapshot; ``chosen`` are those of the solved problem's mentees."""
    snapshot, people = best.snapshot, best.problem.pool.mentees
    if not pinned and len(people) == len(snapshot.mentees):
        return chosen
    row_of = {mentee.id: row for row, mentee in enumerate(snapshot.mentees)}
    mentor_row = {mentor.id: row for row, mentor in enumerate(snapshot.mentors)}
    mentors = np.full(len(snapshot.mentees), -1, dtype=np.int64)
    mentors[[row_of[mentee.id] for mentee in people]] = chosen
    for mentee_id, mentor_id in pinned:
        mentors[row_of[mentee_id]] = mentor_row[mentor_id]
    return mentors


def _same_values(problem: WeightedPool, leaving: Sequence[int]) -> bool:
    """Return whether the order of all other pairs stays the same when these mentees (rows) leave.

    With the dial below 100, an unsent proposal fewer changes the scale of values, and with it how bonuses are rounded.
    """
    pool = problem.pool
    if pool.weights.coverage == 100:
        held = unsent_proposals(problem.encoded_pool.unsent)
        return strict_order(len(pool.mentees), problem.step, held)
    return all(pool.mentees[row].held is None for row in leaving)


def _may_meet(problem: WeightedPool, mentors: Sequence[int]) -> I64:
    """Return the mentees (rows) who may meet one of these mentors by all rules; the floor depends on free places."""
    rows, rules = np.arange(len(problem.pool.mentees)), problem.rules.without_floor()
    met = np.zeros(len(rows), dtype=np.bool_)
    for mentor in mentors:
        met |= may_meet(rules, rows, np.full(len(rows), mentor))
    return np.flatnonzero(met)


def _price(current: Prepared, after: I64, pair: Pair) -> PairCost:
    pool, before = current.weighted_pool, current.made.mentor_of
    first, second = current.by_current, evaluate_pairing(pool, pairing(pool, after))
    ranks = pool.encoded_pool.waits.priorities(current.solved.snapshot.weights)
    lost = int(ranks[before >= 0].sum() - ranks[after >= 0].sum())
    others = [current.people[row] for row in np.flatnonzero(before != after) if current.people[row] != pair.mentee_id]
    return PairCost(
        pair=pair,
        rules=(),
        fewer_matched=first.matched - second.matched,
        lost_priority=lost,
        lost_fit=first.fit - second.fit,
        others=tuple(others),
    )


def _pool(snapshot: Snapshot) -> Pool:
    return Pool(snapshot.mentees, snapshot.mentors, snapshot.at, snapshot.weights)
