"""Pin or block a single pair, with an admin's reason, and list or withdraw such decisions."""

from collections.abc import Sequence

from services.chassis.core.errors import Conflict, NotFound
from services.chassis.i18n.sentence import Sentence
from services.matcher.domain import match as life
from services.matcher.domain.candidates import Pair
from services.matcher.domain.explain import explain
from services.matcher.domain.records import PairRule, PairRuleKind, Position
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND, save_transition

_NONE = {
    "pin": Sentence("There is no pin of these two."),
    "block": Sentence("There is no block of these two."),
}
_DECIDED = {
    "pin": Sentence("These two are pinned already; withdraw the pin first."),
    "block": Sentence("These two are blocked already; withdraw the block first."),
}


def pin_pair(uow: UnitOfWork, programme_id: str, pair: Pair, *, by: str, reason: str) -> PairRule:
    """Pin a pair: the next round makes it before all others.

    Raises Conflict when hard rules forbid the pair (the error names them), when the pair has a pin or block already,
    when the mentee is pinned to another mentor, and when the mentee is not waiting.
    """
    with uow.begin() as store:
        _lock_both(store, programme_id, pair)
        _require_undecided(store, pair)
        mentee = store.pool.as_mentees([pair.mentee_id]).get(pair.mentee_id)
        if mentee is None:
            raise Conflict("not_waiting", "This mentee isn't waiting: they have a mentor already, or are away.")
        pinned = store.pairs.pin_of(pair.mentee_id)
        if pinned is not None:
            current = {"mentor_id": pinned.pair.mentor_id}
            raise Conflict(
                "pinned_already", "This mentee is pinned to another mentor; withdraw that pin first.", now=current
            )
        mentor = store.pool.as_mentors([pair.mentor_id])[pair.mentor_id]
        weights = store.weights.current(programme_id).weights
        broken = [rule for rule in explain(mentee, mentor, weights, store.now).rules if rule != "quality_floor"]
        if broken:
            raise Conflict("pair_impossible", "A condition rules this pair out.", now={"rules": broken})
        return _store_rule(store, programme_id, "pin", pair, by=by, reason=reason)


def block_pair(uow: UnitOfWork, programme_id: str, pair: Pair, *, by: str, reason: str) -> PairRule:
    """Block a pair: it is never made. An offer that the mentor has not answered is withdrawn.

    Raises Conflict when the mentor has accepted already: that match has to be ended first.
    """
    with uow.begin() as store:
        _lock_both(store, programme_id, pair)
        _require_undecided(store, pair)
        for match in store.matches.live_of(pair.mentee_id):
            if (match.mentee_id, match.mentor_id) != pair:
                continue
            if match.state != "proposed":
                current = {"match_id": match.id, "state": match.state}
                raise Conflict("matched_now", "These two have a match; end it first, then block the pair.", now=current)
            after, events = life.end(match, "withdrawn", "admin", store.now)
            save_transition(store, match, after, events)
        return _store_rule(store, programme_id, "block", pair, by=by, reason=reason)


def withdraw_pair_rule(uow: UnitOfWork, programme_id: str, pair: Pair, kind: PairRuleKind, *, by: str) -> None:
    """Withdraw a pin or a block; raise NotFound when there is none."""
    with uow.begin() as store:
        rule = store.pairs.of(pair)
        if rule is None or rule.programme_id != programme_id or not store.pairs.drop(pair, kind):
            raise NotFound(f"{kind}_unknown", _NONE[kind])
        store.audit(f"take_back_{kind}", programme_id, by=by, detail=pair._asdict())
        store.enqueue(RUN_ROUND, programme_id)


def list_pair_rules(
    uow: UnitOfWork, programme_id: str, kind: PairRuleKind, *, after: Position | None, limit: int
) -> Sequence[PairRule]:
    """List a programme's pins or blocks, the latest first, after a position; ``limit`` + 1 if there are more."""
    with uow.begin(read_only=True) as store:
        return store.pairs.listed(programme_id, kind, after=after, limit=limit + 1)


def _lock_both(store: Store, programme_id: str, pair: Pair) -> None:
    """Lock both people of the pair; raise NotFound unless both exist in this programme."""
    if not store.pairs.hold(pair):
        raise NotFound("pair_unknown", "There is no such mentee, or no such mentor, in this programme.")
    for person_id in pair:
        member = store.pool.member(person_id)
        if member is None or member.programme_id != programme_id:
            raise NotFound("pair_unknown", "There is no such mentee, or no such mentor, in this programme.")


def _require_undecided(store: Store, pair: Pair) -> None:
    rule = store.pairs.of(pair)
    if rule is not None:
        current = {"kind": rule.kind}
        raise Conflict("decided_already", _DECIDED[rule.kind], now=current)


def _store_rule(store: Store, programme_id: str, kind: PairRuleKind, pair: Pair, *, by: str, reason: str) -> PairRule:
    rule = PairRule(kind=kind, programme_id=programme_id, pair=pair, by=by, reason=reason, since=store.now)
    store.pairs.keep(rule)
    store.audit(f"{kind}_pair", programme_id, by=by, reason=reason, detail=pair._asdict())
    store.enqueue(RUN_ROUND, programme_id)
    return rule
