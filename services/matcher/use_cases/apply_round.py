"""Turn what a round decided into offers to mentors, as far as it still holds."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.chassis.core.errors import Conflict
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.records import Round
from services.matcher.domain.round import Decision, Proposal, RoundResult, Snapshot, renewed
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.make_offers import Seat, make_offers
from services.matcher.use_cases.steps.recheck_pairs import Decided, Recheck
from services.matcher.use_cases.steps.save_transition import RUN_ROUND

BATCH = 200  # pairs in one transaction: whoever signs up meanwhile waits for one of these at most
_MATCHES = uuid.UUID("5f0a3c1e-6f0b-4f0e-9a53-3a1c6f3d9b10")  # any fixed one: makes ids of matches from those of rounds


class RoundOvertaken(Conflict):
    """Another run holds the fence of this programme: nothing of this one may be applied any more."""


def apply_round(uow: UnitOfWork, terms: Terms, opened: Round, snapshot: Snapshot, decision: Decision) -> Round:
    """Check each pair again under lock, propose those that hold, drop the others; they are in the next round.

    In small transactions, so that nobody who signs up meanwhile waits for a large round. Applying twice is applying
    once: the id of a match follows from its round and its mentee.
    """
    recheck, result = Recheck(snapshot), decision.result
    dropped = 0
    in_order = sorted(result.proposals, key=lambda proposal: (proposal.mentor_id, proposal.mentee_id))
    for done, some in _batches(in_order):
        with uow.begin() as store:
            _still_ours(store, opened)
            store.rounds.go_on(opened, "apply", done / len(in_order))
            dropped += _propose_each(store, terms, opened, recheck, some)
    with uow.begin() as store:
        _still_ours(store, opened)
        applied = replace(
            opened,
            state="applied",
            applied_at=store.now,
            input_hash=result.input_hash,
            result_hash=result.result_hash,
            proposed=store.rounds.proposed_in(opened.id),
            unmatched=len(result.unmatched),
            dropped=dropped,
            certificate=figures_of(result),
            step=None,
            share=None,
        )
        store.rounds.finish(applied, result, decision.prices if decision.prices.seats else None)
        store.waits.note(applied.id, renewed(store.waits.reasons(applied.programme_id), result.unmatched))
        store.rounds.let_go(opened.programme_id, kept=terms.snapshots_kept, before=store.now - terms.snapshots_for)
        if dropped or opened.released_at is not None:  # whoever came while it was held is looked at now
            store.enqueue(RUN_ROUND, opened.programme_id, due_at=store.now + terms.debounce)
    return applied


def _propose_each(store: Store, terms: Terms, opened: Round, recheck: Recheck, proposals: Sequence[Proposal]) -> int:
    """Ask the mentors of some proposals; returns how many pairs do not hold any more."""
    ids = {proposal.mentee_id: _match_id(opened, proposal) for proposal in proposals}
    known = store.matches.known(list(ids.values()))
    new = [proposal for proposal in proposals if ids[proposal.mentee_id] not in known]  # the rest before a cut
    mentees = store.pool.as_mentees([proposal.mentee_id for proposal in new])
    mentors = store.pool.as_mentors(sorted({proposal.mentor_id for proposal in new}))
    pairs = [
        Decided(proposal, mentee, mentor)
        for proposal in new
        if (mentee := mentees.get(proposal.mentee_id)) is not None
        and (mentor := mentors.get(proposal.mentor_id)) is not None
    ]
    hold = recheck.holding(store, pairs)
    seats = [Seat(ids[one.mentee_id], opened.id, one, mentees[one.mentee_id]) for one in hold]
    return len(new) - make_offers(store, terms, seats)


def _match_id(opened: Round, proposal: Proposal) -> str:
    return str(uuid.uuid5(_MATCHES, f"{opened.id}/{proposal.mentee_id}"))


def _still_ours(store: Store, opened: Round) -> None:
    if not store.rounds.holds(opened):
        raise RoundOvertaken("round_overtaken", "Another run of this programme's matching has taken over.")


def figures_of(result: RoundResult) -> dict[str, Any]:
    """The proof, as it is kept beside a round."""
    proof = result.certificate
    return {"primal": proof.primal, "dual": proof.dual, "violations": proof.violations, "optimal": proof.optimal}


def _batches(proposals: Sequence[Proposal]) -> Sequence[tuple[int, Sequence[Proposal]]]:
    """Some proposals at a time, and how many came before them."""
    return [(start, proposals[start : start + BATCH]) for start in range(0, len(proposals), BATCH)]
