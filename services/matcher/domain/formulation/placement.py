"""People placed with mentors, and what each mentor can still take beside their people."""

from collections.abc import Sequence

from services.matcher.domain.formulation.round_problem import RoundProblem
from services.matcher.domain.hard_rules.rule_book import Flags


class Placement:
    """The people (rows) of each mentor (row) while a plan is made, or as it stands."""

    def __init__(self, problem: RoundProblem, mentor_of: Sequence[int] = ()) -> None:
        """Start with nobody placed, or with a plan as it stands: each mentee's mentor row, -1 for none."""
        seats = problem.seats
        self.people: dict[int, list[int]] = {mentor: [] for mentor in range(len(seats.capacity))}
        self._capacity, self._shape_of = seats.capacity, problem.pool.shape_of
        self._free = {shape: flags.copy() for shape, flags in seats.open_to.items()}
        for mentee, mentor in enumerate(mentor_of):
            if mentor >= 0:
                self.people[mentor].append(mentee)
        for mentor in {mentor for mentor in mentor_of if mentor >= 0}:
            self._look_again(mentor)

    def free_for(self, shape: str) -> Flags:
        """Which mentors (N) have a place for a request of this shape beside the people they have."""
        return self._free[shape]

    def in_the_way(self, mentor: int, shape: str) -> list[int]:
        """The people of a mentor in whose place such a request could come; each of them alone would do."""
        people = self.people[mentor]
        shapes = [self._shape_of[one] for one in people]
        takes = self._capacity[mentor].takes
        return [one for at, one in enumerate(people) if takes(shape, shapes[:at] + shapes[at + 1 :])]

    def add(self, mentor: int, mentee: int) -> None:
        """Place a mentee with a mentor who has a place for them."""
        self.people[mentor].append(mentee)
        self._look_again(mentor)

    def swap(self, mentor: int, leaves: int, comes: int) -> None:
        """Let a mentee come in the place of another."""
        self.people[mentor].remove(leaves)
        self.add(mentor, comes)

    def _look_again(self, mentor: int) -> None:
        shapes = [self._shape_of[one] for one in self.people[mentor]]
        for shape, free in self._free.items():
            free[mentor] = self._capacity[mentor].takes(shape, shapes)
