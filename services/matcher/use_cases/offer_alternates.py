"""After a decline, ask the alternate that the round named, where nobody loses by it; else leave it to the next round.

Runs before a round begins, in the same job, so that no round decides over the same places meanwhile. In review mode
only released rounds are used: their alternates were on view with their proposals, so every mentor who is asked was
visible to the admin. The proposals of a held round are left alone.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.explain import explain
from services.matcher.domain.hard_rules.capacity import has_free_place
from services.matcher.domain.match import Match
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.round import Proposal, harmless_alternates
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.make_offers import PlannedOffer, make_offers

_MATCHES = uuid.UUID(
    "0b1f6a52-7c55-4d0e-8a3b-6a1de3a4c7f2"
)  # an arbitrary constant: the same alternate always gets the same match id


@dataclass(frozen=True, slots=True)
class _Alternate:
    """A pair whose mentor is to be asked now, and the round that named this alternate."""

    pair: Pair
    round_id: str


def offer_alternates(uow: UnitOfWork, terms: Terms, programme_id: str) -> int:
    """Ask the alternates of mentees who wait after a decline, where nobody loses by it; return how many were asked."""
    return sum(_ask(uow, terms, alternate) for alternate in _due_alternates(uow, programme_id))


def _due_alternates(uow: UnitOfWork, programme_id: str) -> list[_Alternate]:
    with uow.begin(read_only=True) as store:
        turned_down = {match.mentee_id: match for match in store.matches.turned_down(programme_id)}
        alternates = _alternates(store, programme_id, turned_down)
        if not alternates:
            return []
        snapshot = store.rounds.snapshot(programme_id)
        held = store.rounds.in_review(programme_id)
        outline = store.rounds.outline(held.id) if held is not None else None
    pairs = harmless_alternates(snapshot, alternates, outline.pairs if outline is not None else {})
    return [_Alternate(pair, turned_down[pair.mentee_id].round_id) for pair in pairs]


def _alternates(store: Store, programme_id: str, turned_down: Mapping[str, Match]) -> dict[str, Sequence[str]]:
    """Return the alternates that the rounds of these matches named, by mentee; none from rounds held or not kept."""
    review = store.rounds.mode(programme_id) == "review"
    outlines = {
        round_id: store.rounds.outline(round_id) for round_id in {match.round_id for match in turned_down.values()}
    }
    named = {
        round_id: outline.alternates
        for round_id, outline in outlines.items()
        if outline is not None and (outline.released or not review)
    }
    alternates = {
        mentee_id: named.get(match.round_id, {}).get(mentee_id, ()) for mentee_id, match in turned_down.items()
    }
    return {mentee_id: listed for mentee_id, listed in alternates.items() if listed}


def _ask(uow: UnitOfWork, terms: Terms, alternate: _Alternate) -> int:
    """Check the pair again under lock, by the current rules and weights, and ask; return 1 when asked, else 0."""
    mentee_id, mentor_id = alternate.pair
    with uow.begin() as store:
        mentee = store.pool.as_mentees([mentee_id]).get(mentee_id)
        mentor = store.pool.as_mentors([mentor_id]).get(mentor_id)
        proposal = _checked(store, mentee, mentor) if mentee is not None and mentor is not None else None
        if mentee is None or proposal is None:
            return 0
        match_id = str(uuid.uuid5(_MATCHES, f"{alternate.round_id}/{mentee_id}/{mentor_id}"))
        asked = make_offers(store, terms, [PlannedOffer(match_id, alternate.round_id, proposal, mentee)])
        if asked:
            store.audit("ask_alternate", match_id, by="matcher", detail={"round_id": alternate.round_id})
        return asked


def _checked(store: Store, mentee: Mentee, mentor: Mentor) -> Proposal | None:
    """Return the pair with its current reasons; None when it may no longer be made."""
    why = explain(mentee, mentor, store.weights.current(mentee.programme).weights, store.now)
    if why.rules or not has_free_place(mentor, mentee.facts.request_shape):
        return None
    return Proposal(mentee_id=mentee.id, mentor_id=mentor.id, score=why.score, parts=why.parts, reasons=why.reasons)
