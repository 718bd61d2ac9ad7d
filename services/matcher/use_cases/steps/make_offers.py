"""Make offers to mentors: take a place, store the match, publish it; for proposals and alternates alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from services.events.matcher import Reason
from services.matcher.domain import match as life
from services.matcher.domain.candidates import Mentee, Pair
from services.matcher.domain.match import Match
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.records import Offer
from services.matcher.domain.round import Proposal
from services.matcher.ports import Store


class PlannedOffer(NamedTuple):
    """A valid pair, ready to be offered: the id of its match, the round it comes from, the locked mentee."""

    match_id: str
    round_id: str
    proposal: Proposal
    mentee: Mentee


def make_offers(store: Store, terms: Terms, plan: Sequence[PlannedOffer]) -> int:
    """Ask these mentors, in order, as far as they have free places; return how many were asked."""
    taken = _taken(store, plan)
    offers = [_offer(store, planned) for planned in taken]
    proposed = [life.propose(offer.match, store.now + terms.time_to_answer) for offer in offers]
    added = store.matches.add([replace(offer, match=asked) for offer, (asked, _) in zip(offers, proposed, strict=True)])
    for planned, (asked, events) in zip(taken, proposed, strict=True):
        if asked.id not in added:  # another transaction gave this mentee a live match
            store.places.free(asked.mentor_id)
            continue
        if planned.proposal.pinned:  # the offer uses the pin up
            store.pairs.drop(Pair(asked.mentee_id, asked.mentor_id), "pin")
        store.publish(*events)
    return len(added)


def _taken(store: Store, plan: Sequence[PlannedOffer]) -> Sequence[PlannedOffer]:
    """Take a place for each; return those that got one."""
    places_left = dict(store.places.take(Counter(planned.proposal.mentor_id for planned in plan)))
    taken = []
    for planned in plan:
        if places_left.get(planned.proposal.mentor_id, 0):
            places_left[planned.proposal.mentor_id] -= 1
            taken.append(planned)
    return taken


def _offer(store: Store, planned: PlannedOffer) -> Offer:
    proposal, mentee = planned.proposal, planned.mentee
    match = Match(
        id=planned.match_id,
        programme_id=mentee.programme,
        mentee_id=mentee.id,
        mentor_id=proposal.mentor_id,
        round_id=planned.round_id,
        waiting_since=mentee.facts.waiting_since,
        proposed_at=store.now,
        asked_at=store.now,
        answer_by=None,
        attempt=mentee.tries + 1,
        reasons=tuple(Reason(criterion=r.criterion, band=r.band, codes=r.codes) for r in proposal.reasons),
    )
    return Offer(match=match, parts=proposal.parts, score=proposal.score, request_shape=mentee.facts.request_shape)
