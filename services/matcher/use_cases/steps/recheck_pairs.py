"""Check again, under lock, whether the pairs that a round decided are still valid."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.formulation.weighted_pool import weigh_pairs
from services.matcher.domain.hard_rules.capacity import has_free_place
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.round import Proposal, Snapshot
from services.matcher.domain.weights import Weights
from services.matcher.ports import Store

FRESH = timedelta(minutes=5)
"""How long a snapshot stays valid for people who have not changed: ages and life stages move on with time."""


class DecidedPair(NamedTuple):
    """A pair that a round decided, with both people as they are now."""

    proposal: Proposal
    mentee: Mentee
    mentor: Mentor


class Recheck:
    """Compares people with a round's snapshot: only pairs of people who changed since are scored again."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._mentees: Mapping[str, Mentee] = {mentee.id: mentee for mentee in snapshot.mentees}
        self._mentors: Mapping[str, Mentor] = {mentor.id: mentor for mentor in snapshot.mentors}

    def still_valid(self, store: Store, pairs: Sequence[DecidedPair]) -> list[Proposal]:
        """Return the proposals that may be made now.

        Pairs are checked by the current rules and weights, except pairs of people who have not changed since a snapshot
        that is fresh and used these weights. A pinned pair may be under the quality floor, as when it was decided. Of
        mentees who share a mentor, the first ones are kept, as far as the mentor's places and hours take them now.
        """
        weights = store.weights.current(self._snapshot.programme).weights
        stale = store.now - self._snapshot.at > FRESH or weights.version != self._snapshot.weights.version
        doubtful = [pair for pair in pairs if stale or self._changed(pair)]
        refused = _refused(doubtful, store.now, weights) if doubtful else frozenset()
        return [pair.proposal for pair in _with_places([pair for pair in pairs if pair.mentee.id not in refused])]

    def _changed(self, pair: DecidedPair) -> bool:
        mentee, mentor = self._mentees[pair.mentee.id], self._mentors[pair.mentor.id]
        before = mentee.facts, mentee.excluded, mentor.facts, mentor.paused
        return before != (pair.mentee.facts, pair.mentee.excluded, pair.mentor.facts, pair.mentor.paused)


def _refused(pairs: Sequence[DecidedPair], now: datetime, weights: Weights) -> frozenset[str]:
    """Return the mentees of the pairs that break a rule now; a pinned pair may be under the quality floor."""
    weighted_pool, *rows = weigh_pairs([(pair.mentee, pair.mentor) for pair in pairs], now, weights)
    passed = may_meet(weighted_pool.rules, *rows)
    pinned = np.array([pair.proposal.pinned for pair in pairs])
    passed |= pinned & may_meet(weighted_pool.rules.without_floor(), *rows)
    return frozenset(pair.mentee.id for pair, passes in zip(pairs, passed.tolist(), strict=True) if not passes)


def _with_places(pairs: Sequence[DecidedPair]) -> list[DecidedPair]:
    """Return the pairs that mentors can take beside their live matches and the earlier pairs of the list."""
    shapes_of: dict[str, list[str]] = defaultdict(list)
    valid = []
    for pair in pairs:
        shape, shapes = pair.mentee.facts.request_shape, shapes_of[pair.mentor.id]
        if has_free_place(pair.mentor, shape, shapes):
            shapes.append(shape)
            valid.append(pair)
    return valid
