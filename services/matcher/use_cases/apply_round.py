"""Turn a round's decision into offers to mentors, as far as its pairs are still valid."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.chassis.core.errors import Conflict
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.records import Round
from services.matcher.domain.round import Decision, Proposal, RoundResult, Snapshot, renewed
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.make_offers import PlannedOffer, make_offers
from services.matcher.use_cases.steps.recheck_pairs import DecidedPair, Recheck
from services.matcher.use_cases.steps.save_transition import RUN_ROUND

BATCH = 200  # pairs in one transaction: a sign-up waits for one batch at most
_MATCHES = uuid.UUID("5f0a3c1e-6f0b-4f0e-9a53-3a1c6f3d9b10")  # an arbitrary constant: derives match ids from round ids


class RoundOvertaken(Conflict):
    """Another run holds the programme's fence: this one may apply nothing more."""


def apply_round(uow: UnitOfWork, terms: Terms, opened: Round, snapshot: Snapshot, decision: Decision) -> Round:
    """Check each pair again under lock, propose the valid ones and drop the others, which the next round sees.

    In small transactions, so that sign-ups never wait for a large round. Idempotent: the id of a match follows from its
    round and its mentee.
    """
    recheck, result = Recheck(snapshot), decision.result
    dropped = 0
    in_order = sorted(result.proposals, key=lambda proposal: (proposal.mentor_id, proposal.mentee_id))
    for done, batch in _batches(in_order):
        with uow.begin() as store:
            _require_fence(store, opened)
            store.rounds.go_on(opened, "apply", done / len(in_order))
            dropped += _propose_each(store, terms, opened, recheck, batch)
    with uow.begin() as store:
        _require_fence(store, opened)
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
        if dropped or opened.released_at is not None:  # people who came while it was held
            store.enqueue(RUN_ROUND, opened.programme_id, due_at=store.now + terms.debounce)
    return applied


def _propose_each(store: Store, terms: Terms, opened: Round, recheck: Recheck, proposals: Sequence[Proposal]) -> int:
    """Ask the mentors of a batch of proposals; return how many pairs are no longer valid."""
    ids = {proposal.mentee_id: _match_id(opened, proposal) for proposal in proposals}
    known = store.matches.known(list(ids.values()))
    new = [
        proposal for proposal in proposals if ids[proposal.mentee_id] not in known
    ]  # the others were made before an interruption
    mentees = store.pool.as_mentees([proposal.mentee_id for proposal in new])
    mentors = store.pool.as_mentors(sorted({proposal.mentor_id for proposal in new}))
    pairs = [
        DecidedPair(proposal, mentee, mentor)
        for proposal in new
        if (mentee := mentees.get(proposal.mentee_id)) is not None
        and (mentor := mentors.get(proposal.mentor_id)) is not None
    ]
    valid = recheck.still_valid(store, pairs)
    plan = [
        PlannedOffer(ids[proposal.mentee_id], opened.id, proposal, mentees[proposal.mentee_id]) for proposal in valid
    ]
    return len(new) - make_offers(store, terms, plan)


def _match_id(opened: Round, proposal: Proposal) -> str:
    return str(uuid.uuid5(_MATCHES, f"{opened.id}/{proposal.mentee_id}"))


def _require_fence(store: Store, opened: Round) -> None:
    if not store.rounds.holds(opened):
        raise RoundOvertaken("round_overtaken", "Another run of this programme's matching has taken over.")


def figures_of(result: RoundResult) -> dict[str, Any]:
    """Return the certificate as it is stored with a round."""
    proof = result.certificate
    return {"primal": proof.primal, "dual": proof.dual, "violations": proof.violations, "optimal": proof.proves_optimal}


def _batches(proposals: Sequence[Proposal]) -> Sequence[tuple[int, Sequence[Proposal]]]:
    """Return the proposals in batches, each with the number of those before it."""
    return [(start, proposals[start : start + BATCH]) for start in range(0, len(proposals), BATCH)]
