"""Turn what a round decided into offers to mentors, as far as it still holds."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.chassis.errors import Conflict
from services.events.matcher import Reason
from services.matcher.domain import match as life
from services.matcher.domain.match import Match
from services.matcher.domain.people import Mentee, Pair
from services.matcher.domain.round import Decision, Proposal, RoundResult, Snapshot
from services.matcher.domain.terms import Terms
from services.matcher.ports import Offer, Round, Store, UnitOfWork
from services.matcher.use_cases.recheck import Decided, Recheck
from services.matcher.use_cases.settle import RUN_ROUND

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
        store.rounds.let_go(opened.programme_id, kept=terms.snapshots_kept, before=store.now - terms.snapshots_for)
        if dropped:
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
    seated = _seated(store, hold)
    asked = _propose(store, terms, opened, [(one, mentees[one.mentee_id]) for one in seated])
    return len(new) - asked


def _match_id(opened: Round, proposal: Proposal) -> str:
    return str(uuid.uuid5(_MATCHES, f"{opened.id}/{proposal.mentee_id}"))


def _seated(store: Store, proposals: Sequence[Proposal]) -> Sequence[Proposal]:
    """Take a place for each proposal, as far as there are any; the first of a mentor's come first."""
    left = dict(store.places.take(Counter(proposal.mentor_id for proposal in proposals)))
    seated = []
    for proposal in proposals:
        if left.get(proposal.mentor_id, 0):
            left[proposal.mentor_id] -= 1
            seated.append(proposal)
    return seated


def _propose(store: Store, terms: Terms, opened: Round, seated: Sequence[tuple[Proposal, Mentee]]) -> int:
    """Ask mentors whose places were taken; returns how many were asked, the others' places are given back."""
    offers = [_offer(store, opened, proposal, mentee) for proposal, mentee in seated]
    proposed = [life.propose(offer.match, store.now + terms.time_to_answer) for offer in offers]
    added = store.matches.add([replace(offer, match=asked) for offer, (asked, _) in zip(offers, proposed, strict=True)])
    for (proposal, _), (asked, told) in zip(seated, proposed, strict=True):
        if asked.id not in added:  # somebody was faster
            store.places.free(asked.mentor_id)
            continue
        if proposal.pinned:  # a pin is used up by the offer it led to
            store.pairs.drop(Pair(asked.mentee_id, asked.mentor_id), "pin")
        store.tell(*told)
    return len(added)


def _offer(store: Store, opened: Round, proposal: Proposal, mentee: Mentee) -> Offer:
    match = Match(
        id=_match_id(opened, proposal),
        programme_id=opened.programme_id,
        mentee_id=mentee.id,
        mentor_id=proposal.mentor_id,
        round_id=opened.id,
        waiting_since=mentee.facts.waiting_since,
        proposed_at=store.now,
        asked_at=store.now,
        answer_by=None,
        attempt=mentee.tries + 1,
        reasons=tuple(Reason(criterion=r.criterion, band=r.band, codes=r.codes) for r in proposal.reasons),
    )
    return Offer(match=match, parts=proposal.parts, score=proposal.score, request_shape=mentee.facts.request_shape)


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
