"""Why not that mentor: make the pair by force, settle everybody else again, and see what the pool would lose."""

from dataclasses import dataclass, replace

from services.matcher.domain.explain import explain
from services.matcher.domain.features.ground import lay_ground
from services.matcher.domain.features.pair_points import pair_points
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.priority import priority
from services.matcher.domain.features.seats import cut
from services.matcher.domain.insights.judge import judge
from services.matcher.domain.people import Pair
from services.matcher.domain.round import Settled, Snapshot, settle


@dataclass(frozen=True, kw_only=True)
class WhyNot:
    """The price of a pair. ``rules`` says what forbids it; then nothing else is told.

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


def why_not(snapshot: Snapshot, pair: Pair, settled: Settled | None = None) -> WhyNot:
    """Say what the pair would cost; ``settled`` may be the snapshot's own, already at hand.

    KeyError when one of the two is not in the snapshot.
    """
    mentee = {one.id: one for one in snapshot.mentees}[pair.mentee_id]
    mentor = {one.id: one for one in snapshot.mentors}[pair.mentor_id]
    rules = explain(mentee, mentor, snapshot.weights, snapshot.at).rules
    if pair in snapshot.blocks:
        rules = (*rules, "blocked")
    if not any(mentee.facts.request_shape in shapes for _, shapes in cut(mentor)):
        rules = (*rules, "places")
    if rules:
        return WhyNot(pair=pair, rules=rules)
    best = settled or settle(snapshot)
    if best.mentor_of.get(pair.mentee_id) == pair.mentor_id:
        return WhyNot(pair=pair, rules=(), already=True)
    pins = frozenset(pin for pin in snapshot.pins if pin.mentee_id != pair.mentee_id) | {pair}
    forced = settle(replace(snapshot, pins=pins))
    if pair in forced.refused:
        return WhyNot(pair=pair, rules=("pins",))
    return _price(best, forced, pair)


def _price(best: Settled, forced: Settled, pair: Pair) -> WhyNot:
    ordered = best.snapshot
    pool = Pool(ordered.mentees, ordered.mentors, ordered.at, ordered.weights)
    points = pair_points(lay_ground(pool), pool.weights)
    before, after = best.mentor_of, forced.mentor_of
    first, second = judge(pool, points, before), judge(pool, points, after)
    ranks = {one.id: priority(one, pool.weights, pool.at) for one in pool.mentees}
    lost = sum(ranks[one] for one in before) - sum(ranks[one] for one in after)
    others = [one.id for one in pool.mentees if before.get(one.id) != after.get(one.id) and one.id != pair.mentee_id]
    return WhyNot(
        pair=pair,
        rules=(),
        fewer_matched=first.matched - second.matched,
        lost_priority=lost,
        lost_fit=first.fit - second.fit,
        others=tuple(others),
    )
