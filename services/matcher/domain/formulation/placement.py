"""An assignment in progress: the people placed with each mentor, and the places that are left."""

from collections.abc import Sequence

from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.rule_book import Flags


class Placement:
    """The people (rows) of each mentor (row) in an assignment that is being built or changed."""

    def __init__(self, weighted_pool: WeightedPool, mentor_of: Sequence[int] = ()) -> None:
        """Start empty, or from an assignment: each mentee's mentor row, -1 for none."""
        seats = weighted_pool.seats
        self.people: dict[int, list[int]] = {mentor: [] for mentor in range(len(seats.capacity))}
        self._capacity, self._shape_of = seats.capacity, weighted_pool.pool.shape_of
        self._free = {shape: flags.copy() for shape, flags in seats.open_to.items()}
        for mentee, mentor in enumerate(mentor_of):
            if mentor >= 0:
                self.people[mentor].append(mentee)
        for mentor in {mentor for mentor in mentor_of if mentor >= 0}:
            self._update_free(mentor)

    def free_for(self, shape: str) -> Flags:
        """Return which mentors (N) have a place left for a request of this shape."""
        return self._free[shape]

    def in_the_way(self, mentor: int, shape: str) -> list[int]:
        """Return the people of a mentor whose place such a request could take; replacing any one of them is enough."""
        people = self.people[mentor]
        shapes = [self._shape_of[mentee] for mentee in people]
        takes = self._capacity[mentor].takes
        return [mentee for place, mentee in enumerate(people) if takes(shape, shapes[:place] + shapes[place + 1 :])]

    def add(self, mentor: int, mentee: int) -> None:
        """Place a mentee with a mentor who has a place for them; that is not checked."""
        self.people[mentor].append(mentee)
        self._update_free(mentor)

    def swap(self, mentor: int, leaving: int, coming: int) -> None:
        """Replace a mentee of a mentor by another."""
        self.people[mentor].remove(leaving)
        self.add(mentor, coming)

    def _update_free(self, mentor: int) -> None:
        shapes = [self._shape_of[mentee] for mentee in self.people[mentor]]
        for shape, free in self._free.items():
            free[mentor] = self._capacity[mentor].takes(shape, shapes)
