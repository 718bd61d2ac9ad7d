"""Cancel a running round; list, release or drop a held one."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.core.errors import Conflict, Gone
from services.matcher.domain.records import Round, RoundMode, RoundState
from services.matcher.domain.round import Proposal, result_from_json
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.find_round import find_round
from services.matcher.use_cases.steps.save_transition import RUN_ROUND


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A pair that a round decided, and its alternates, best first; releasing the round releases both."""

    proposal: Proposal
    alternates: tuple[str, ...]


def cancel_round(uow: UnitOfWork, programme_id: str, round_id: str, *, by: str, reason: str) -> Round:
    """Stop a round before it makes offers; the next one starts afresh.

    Raises Conflict when it is over, and once the first mentor was asked: offers are not withdrawn.
    """
    with uow.begin() as store:
        stored_round = find_round(store, programme_id, round_id, lock=True)
        if stored_round.state != "open":
            raise Conflict("round_over", "This round isn't running.", now={"state": stored_round.state})
        if store.rounds.proposed_in(round_id):
            raise Conflict("round_applying", "This round is asking mentors already.", now={"state": stored_round.state})
        return _move(store, stored_round, "cancel_round", by, reason)


def release_round(uow: UnitOfWork, programme_id: str, round_id: str, *, by: str, reason: str) -> Round:
    """Release a held round; a worker checks each pair again, drops stale ones and asks the mentors."""
    with uow.begin() as store:
        released = _move(store, _held_round(store, programme_id, round_id), "release_round", by, reason)
        store.enqueue(RUN_ROUND, programme_id)
        return released


def drop_round(uow: UnitOfWork, programme_id: str, round_id: str, *, by: str, reason: str) -> Round:
    """Drop a held round without asking anyone. The next one comes on a change or a request."""
    with uow.begin() as store:
        return _move(store, _held_round(store, programme_id, round_id), "drop_round", by, reason)


def list_proposals(
    uow: UnitOfWork, programme_id: str, round_id: str, *, after: str, limit: int, by: str
) -> Sequence[ShownProposal]:
    """List a round's proposals with their alternates, by mentee id, after the mentee ``after``.

    Audited, since reasons reveal health facts. Raises Gone where only the figures of a round are kept.
    """
    with uow.begin() as store:
        find_round(store, programme_id, round_id)
        stored = store.rounds.stored(round_id)
        if stored is None:
            raise Gone(
                "round_not_kept", "We keep only the figures of this round: it is too old, or someone in it has left."
            )
        store.audit("read_proposals", round_id, by=by)
    result = result_from_json(stored[1])
    alternates = dict(result.alternates)
    proposals = [proposal for proposal in result.proposals if proposal.mentee_id > after]
    return [ShownProposal(proposal, alternates.get(proposal.mentee_id, ())) for proposal in proposals[:limit]]


def set_round_mode(uow: UnitOfWork, programme_id: str, mode: RoundMode, *, by: str, reason: str) -> RoundMode:
    """Set whether mentors are asked at once (``rolling``) or after an admin releases the round (``review``)."""
    with uow.begin() as store:
        store.rounds.set_mode(programme_id, mode)
        store.audit("set_round_mode", programme_id, by=by, reason=reason, detail={"mode": mode})
    return mode


_NEXT: dict[str, RoundState] = {"cancel_round": "cancelled", "release_round": "open", "drop_round": "dropped"}


def _move(store: Store, stored_round: Round, action: str, by: str, reason: str) -> Round:
    store.rounds.move(stored_round.id, _NEXT[action])
    store.audit(action, stored_round.id, by=by, reason=reason)
    return store.rounds.get(stored_round.id)


def _held_round(store: Store, programme_id: str, round_id: str) -> Round:
    stored_round = find_round(store, programme_id, round_id, lock=True)
    if stored_round.state != "review":
        raise Conflict("round_not_held", "This round isn't held for review.", now={"state": stored_round.state})
    return stored_round
