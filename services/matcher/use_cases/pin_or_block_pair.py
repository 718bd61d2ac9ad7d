"""Pins and blocks: what an admin decides about a single pair, with a reason, and takes back again."""

from services.chassis.core.errors import Conflict, NotFound
from services.matcher.domain import match as life
from services.matcher.domain.candidates import Pair
from services.matcher.domain.explain import explain
from services.matcher.domain.records import PairRule, PairRuleKind
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND, save_transition


def pin_pair(uow: UnitOfWork, programme_id: str, pair: Pair, *, by: str, reason: str) -> PairRule:
    """Have the next round make this pair before all others.

    Raises Conflict when a hard rule forbids it, and names the rules; when something else was decided about the two; and
    when the mentee has a live match.
    """
    with uow.begin() as store:
        _both(store, programme_id, pair)
        _undecided(store, pair)
        mentee = store.pool.as_mentees([pair.mentee_id]).get(pair.mentee_id)
        if mentee is None:
            raise Conflict("not_waiting", "This mentee is not waiting: they have a mentor already, or are away.")
        pinned = store.pairs.pin_of(pair.mentee_id)
        if pinned is not None:
            told = {"mentor_id": pinned.pair.mentor_id}
            raise Conflict("pinned_already", "This mentee is pinned to another mentor; take that back first.", now=told)
        mentor = store.pool.as_mentors([pair.mentor_id])[pair.mentor_id]
        weights = store.weights.current(programme_id).weights
        broken = [rule for rule in explain(mentee, mentor, weights, store.now).rules if rule != "quality_floor"]
        if broken:
            raise Conflict("pair_impossible", "A condition rules this pair out.", now={"rules": broken})
        return _keep(store, programme_id, "pin", pair, by=by, reason=reason)


def block_pair(uow: UnitOfWork, programme_id: str, pair: Pair, *, by: str, reason: str) -> PairRule:
    """Never let these two be paired. An offer that the mentor has not answered is taken back.

    Raises Conflict when the mentor has said yes already: such a match is ended first, by whoever looks after the two.
    """
    with uow.begin() as store:
        _both(store, programme_id, pair)
        _undecided(store, pair)
        for match in store.matches.live_of(pair.mentee_id):
            if (match.mentee_id, match.mentor_id) != pair:
                continue
            if match.state != "proposed":
                told = {"match_id": match.id, "state": match.state}
                raise Conflict("matched_now", "These two have a match; end it first, then block the pair.", now=told)
            after, events = life.end(match, "withdrawn", "admin", store.now)
            save_transition(store, match, after, events)
        return _keep(store, programme_id, "block", pair, by=by, reason=reason)


def withdraw_pair_rule(uow: UnitOfWork, programme_id: str, pair: Pair, kind: PairRuleKind, *, by: str) -> None:
    """Take a pin or a block back; raises NotFound when there is none."""
    with uow.begin() as store:
        found = store.pairs.of(pair)
        if found is None or found.programme_id != programme_id or not store.pairs.drop(pair, kind):
            raise NotFound(f"{kind}_unknown", f"There is no {kind} of these two.")
        store.audit(f"take_back_{kind}", programme_id, by=by, detail=pair._asdict())
        store.enqueue(RUN_ROUND, programme_id)


def _both(store: Store, programme_id: str, pair: Pair) -> None:
    """Hold both people of the pair; raises NotFound unless both are there and of this programme."""
    if not store.pairs.hold(pair):
        raise NotFound("pair_unknown", "There is no such mentee, or no such mentor, in this programme.")
    for person_id in pair:
        member = store.pool.member(person_id)
        if member is None or member.programme_id != programme_id:
            raise NotFound("pair_unknown", "There is no such mentee, or no such mentor, in this programme.")


def _undecided(store: Store, pair: Pair) -> None:
    found = store.pairs.of(pair)
    if found is not None:
        told = {"kind": found.kind}
        raise Conflict("decided_already", f"There is a {found.kind} of these two; take it back first.", now=told)


def _keep(store: Store, programme_id: str, kind: PairRuleKind, pair: Pair, *, by: str, reason: str) -> PairRule:
    rule = PairRule(kind=kind, programme_id=programme_id, pair=pair, by=by, reason=reason, since=store.now)
    store.pairs.keep(rule)
    store.audit(f"{kind}_pair", programme_id, by=by, reason=reason, detail=pair._asdict())
    store.enqueue(RUN_ROUND, programme_id)
    return rule
