"""Whether the pairs that a round decided still hold, for two people as they are now and locked."""

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
"""How long what a round read is taken to hold for people who have not changed: weeks and stages of life go on."""


class Decided(NamedTuple):
    """A pair that was decided, with both people as they are now."""

    proposal: Proposal
    mentee: Mentee
    mentor: Mentor


class Recheck:
    """Knows what a round had read; most pairs are of people who have not changed since a moment ago."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._mentees: Mapping[str, Mentee] = {mentee.id: mentee for mentee in snapshot.mentees}
        self._mentors: Mapping[str, Mentor] = {mentor.id: mentor for mentor in snapshot.mentors}

    def holding(self, store: Store, pairs: Sequence[Decided]) -> list[Proposal]:
        """The proposals that may be made now.

        Everybody is judged by the rules and weights of this moment, save who has not changed since a snapshot that is
        fresh and was read by these weights. A pinned pair may be under the quality floor, as when it was decided. Of
        people who want the same mentor, the first come who have places together by the hours of this moment.
        """
        weights = store.weights.current(self._snapshot.programme).weights
        stale = store.now - self._snapshot.at > FRESH or weights.version != self._snapshot.weights.version
        open_to = [one for one in pairs if one.mentor.id not in one.mentee.excluded and not one.mentor.paused]
        doubtful = [one for one in open_to if stale or self._changed(one)]
        refused: set[str] = set()
        if doubtful:
            mentors = {one.mentor.id: one.mentor for one in doubtful}
            row_of = {mentor_id: row for row, mentor_id in enumerate(mentors)}
            weighted_pool = weigh_pool(
                Pool(tuple(one.mentee for one in doubtful), tuple(mentors.values()), store.now, weights)
            )
            rows = np.arange(len(doubtful)), np.array([row_of[one.mentor.id] for one in doubtful])
            fine = passing(weighted_pool, *rows)
            fine |= passing(weighted_pool, *rows, floor=False) & np.array([one.proposal.pinned for one in doubtful])
            refused = {one.mentee.id for one, holds in zip(doubtful, fine.tolist(), strict=True) if not holds}
        return [one.proposal for one in _with_places([one for one in open_to if one.mentee.id not in refused])]

    def _changed(self, pair: Decided) -> bool:
        read_of = self._mentees[pair.mentee.id], self._mentors[pair.mentor.id]
        return (pair.mentee.facts, pair.mentor.facts) != (read_of[0].facts, read_of[1].facts)


def _with_places(pairs: Sequence[Decided]) -> list[Decided]:
    """The pairs that the mentors can take beside their live matches and beside those before in the list."""
    given: dict[str, list[str]] = defaultdict(list)
    found = []
    for one in pairs:
        shape, beside = one.mentee.facts.request_shape, given[one.mentor.id]
        if capacity_of(one.mentor).takes(shape, beside):
            beside.append(shape)
            found.append(one)
    return found
