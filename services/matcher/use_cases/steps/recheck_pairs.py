"""Check again, under lock, whether the pairs that a round decided are still valid."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.check_pairs import passing
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.hard_rules.capacity import capacity_of
from services.matcher.domain.round import Proposal, Snapshot
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
        possible = [pair for pair in pairs if pair.mentor.id not in pair.mentee.excluded and not pair.mentor.paused]
        doubtful = [pair for pair in possible if stale or self._changed(pair)]
        refused: set[str] = set()
        if doubtful:
            mentors = {pair.mentor.id: pair.mentor for pair in doubtful}
            row_of = {mentor_id: row for row, mentor_id in enumerate(mentors)}
            weighted_pool = weigh_pool(
                Pool(tuple(pair.mentee for pair in doubtful), tuple(mentors.values()), store.now, weights)
            )
            rows = np.arange(len(doubtful)), np.array([row_of[pair.mentor.id] for pair in doubtful])
            passes = passing(weighted_pool, *rows)
            passes |= passing(weighted_pool, *rows, floor=False) & np.array([pair.proposal.pinned for pair in doubtful])
            refused = {pair.mentee.id for pair, passed in zip(doubtful, passes.tolist(), strict=True) if not passed}
        return [pair.proposal for pair in _with_places([pair for pair in possible if pair.mentee.id not in refused])]

    def _changed(self, pair: DecidedPair) -> bool:
        before = self._mentees[pair.mentee.id], self._mentors[pair.mentor.id]
        return (pair.mentee.facts, pair.mentor.facts) != (before[0].facts, before[1].facts)


def _with_places(pairs: Sequence[DecidedPair]) -> list[DecidedPair]:
    """Return the pairs that mentors can take beside their live matches and the earlier pairs of the list."""
    shapes_of: dict[str, list[str]] = defaultdict(list)
    valid = []
    for pair in pairs:
        shape, shapes = pair.mentee.facts.request_shape, shapes_of[pair.mentor.id]
        if capacity_of(pair.mentor).takes(shape, shapes):
            shapes.append(shape)
            valid.append(pair)
    return valid
