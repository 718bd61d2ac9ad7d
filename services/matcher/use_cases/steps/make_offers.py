"""Ask mentors: take a place, keep the match, tell of it; the same for a round's proposals and for its alternates."""

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


class Seat(NamedTuple):
    """A pair that holds, to be asked about: the id its match gets, the round it comes from, the mentee as locked."""

    match_id: str
    round_id: str
    proposal: Proposal
    mentee: Mentee


def make_offers(store: Store, terms: Terms, seats: Sequence[Seat]) -> int:
    """Ask as many of these mentors as have a place free, the first of a mentor's first; returns how many."""
    taken = _taken(store, seats)
    offers = [_offer(store, seat) for seat in taken]
    proposed = [life.propose(offer.match, store.now + terms.time_to_answer) for offer in offers]
    added = store.matches.add([replace(offer, match=asked) for offer, (asked, _) in zip(offers, proposed, strict=True)])
    for seat, (asked, told) in zip(taken, proposed, strict=True):
        if asked.id not in added:  # somebody was faster
            store.places.free(asked.mentor_id)
            continue
        if seat.proposal.pinned:  # a pin is used up by the offer it led to
            store.pairs.drop(Pair(asked.mentee_id, asked.mentor_id), "pin")
        store.publish(*told)
    return len(added)


def _taken(store: Store, seats: Sequence[Seat]) -> Sequence[Seat]:
    """Take a place for each, as far as there are any."""
    left = dict(store.places.take(Counter(seat.proposal.mentor_id for seat in seats)))
    taken = []
    for seat in seats:
        if left.get(seat.proposal.mentor_id, 0):
            left[seat.proposal.mentor_id] -= 1
            taken.append(seat)
    return taken


def _offer(store: Store, seat: Seat) -> Offer:
    proposal, mentee = seat.proposal, seat.mentee
    match = Match(
        id=seat.match_id,
        programme_id=mentee.programme,
        mentee_id=mentee.id,
        mentor_id=proposal.mentor_id,
        round_id=seat.round_id,
        waiting_since=mentee.facts.waiting_since,
        proposed_at=store.now,
        asked_at=store.now,
        answer_by=None,
        attempt=mentee.tries + 1,
        reasons=tuple(Reason(criterion=r.criterion, band=r.band, codes=r.codes) for r in proposal.reasons),
    )
    return Offer(match=match, parts=proposal.parts, score=proposal.score, request_shape=mentee.facts.request_shape)
