"""What an admin decides about a round: cancel one on its way; look at one that is held, release or drop it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.core.errors import Conflict, Gone, NotFound
from services.matcher.domain.records import Round, RoundMode, RoundState
from services.matcher.domain.round import Proposal, result_from_json
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair that a round decided, and whom to ask after a no, best first: who releases the round releases both."""

    proposal: Proposal
    alternates: tuple[str, ...]


def cancel_round(uow: UnitOfWork, programme_id: str, round_id: str, *, by: str, reason: str) -> Round:
    """Stop a round before it asks anybody; the next one starts afresh.

    Raises Conflict when it is over, and once the first mentor was asked: what was offered is not taken back by this.
    """
    with uow.begin() as store:
        found = _theirs(store, programme_id, round_id, lock=True)
        if found.state != "open":
            raise Conflict("round_over", "This round is not running.", now={"state": found.state})
        if store.rounds.proposed_in(round_id):
            raise Conflict("round_applying", "This round is asking mentors already.", now={"state": found.state})
        return _move(store, found, "cancel_round", by, reason)


def release_round(uow: UnitOfWork, programme_id: str, round_id: str, *, by: str, reason: str) -> Round:
    """Have the mentors asked that a held round has found; a worker checks each pair again and drops what is stale."""
    with uow.begin() as store:
        released = _move(store, _held(store, programme_id, round_id), "release_round", by, reason)
        store.enqueue(RUN_ROUND, programme_id)
        return released


def drop_round(uow: UnitOfWork, programme_id: str, round_id: str, *, by: str, reason: str) -> Round:
    """Let nobody be asked by a held round. The next one comes when something changes, or is asked for."""
    with uow.begin() as store:
        return _move(store, _held(store, programme_id, round_id), "drop_round", by, reason)


def list_proposals(
    uow: UnitOfWork, programme_id: str, round_id: str, *, after: str, limit: int, by: str
) -> Sequence[Shown]:
    """Who would meet whom, and who comes next, in the order of mentees, behind one.

    Audited, since reasons tell of people's health. Raises Gone where only the figures of a round are kept.
    """
    with uow.begin() as store:
        _theirs(store, programme_id, round_id)
        stored = store.rounds.stored(round_id)
        if stored is None:
            raise Gone("round_not_kept", "Of this round only the figures are kept: it is older, or somebody left.")
        store.audit("read_proposals", round_id, by=by)
    result = result_from_json(stored[1])
    alternates = dict(result.alternates)
    proposals = [one for one in result.proposals if one.mentee_id > after]
    return [Shown(one, alternates.get(one.mentee_id, ())) for one in proposals[:limit]]


def set_round_mode(uow: UnitOfWork, programme_id: str, mode: RoundMode, *, by: str, reason: str) -> RoundMode:
    """Ask mentors as soon as a round has decided (``rolling``), or once an admin has released it (``review``)."""
    with uow.begin() as store:
        store.rounds.set_mode(programme_id, mode)
        store.audit("set_round_mode", programme_id, by=by, reason=reason, detail={"mode": mode})
    return mode


_NEXT: dict[str, RoundState] = {"cancel_round": "cancelled", "release_round": "open", "drop_round": "dropped"}


def _move(store: Store, found: Round, action: str, by: str, reason: str) -> Round:
    store.rounds.move(found.id, _NEXT[action])
    store.audit(action, found.id, by=by, reason=reason)
    return store.rounds.get(found.id)


def _held(store: Store, programme_id: str, round_id: str) -> Round:
    found = _theirs(store, programme_id, round_id, lock=True)
    if found.state != "review":
        raise Conflict("round_not_held", "This round is not held for review.", now={"state": found.state})
    return found


def _theirs(store: Store, programme_id: str, round_id: str, *, lock: bool = False) -> Round:
    found = store.rounds.get(round_id, lock=lock)
    if found.programme_id != programme_id:
        raise NotFound("round_unknown", "There is no round with this id.")
    return found
