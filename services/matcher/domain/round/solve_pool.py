"""Pair the people of a snapshot: pins first, then the solver. Rounds and what-ifs both use it."""

from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from services.matcher.domain.candidates import Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.round.lazy_constraints import ALTERNATES, RoundAssignment, assign
from services.matcher.domain.round.pins import apply_pins
from services.matcher.domain.round.snapshot_and_result import Snapshot
from services.matcher.domain.round.warm_start import COLD_START, WarmStart, start_of
from services.matcher.solver.column_generation import Limits, Watch


@dataclass(frozen=True)
class SolvedPool:
    """The pairs of a snapshot, the pool that was solved, and the solver's answer."""

    snapshot: Snapshot  # people in the order of their ids
    problem: WeightedPool  # without pinned people and places
    answer: RoundAssignment
    pinned: tuple[Pair, ...]
    refused: tuple[Pair, ...]

    @property
    def mentor_of(self) -> dict[str, str]:
        """Return the mentor of each matched mentee, by id, including pinned pairs."""
        pool = self.problem.pool
        made = {pool.mentees[i].id: pool.mentors[j].id for i, j in enumerate(self.answer.mentor_of) if j >= 0}
        return made | dict(self.pinned)


def solve_pool(
    snapshot: Snapshot,
    *,
    like: SolvedPool | None = None,
    start: WarmStart = COLD_START,
    alternates: int = ALTERNATES,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> SolvedPool:
    """Pair the people of a snapshot.

    ``like`` may be an earlier solution for the very same people (the same tuples, in order) under other weights: its
    encoding is reused and its prices start the solve, which changes only the time. ``start`` are prices of an earlier
    round of other people, used where there is no ``like``. ``watch`` is that of the whole round or request.
    """
    watch = watch or Watch()
    watch.look("features", 0.0)
    same = like is not None and _same_people(snapshot, like.snapshot)
    ordered = snapshot if same else in_order(snapshot)
    rest, pinned, refused = apply_pins(ordered)
    pool = Pool(rest.mentees, rest.mentors, rest.at, rest.weights)
    encoded_pool = (
        like.problem.encoded_pool if like is not None and same and _same_encoding(rest, pinned, like) else None
    )
    problem = weigh_pool(pool, rest.blocks, encoded_pool)
    watch.look("features", 1.0)
    if like is not None and same and _same_rows(problem, like.problem):
        first_guess = like.answer.assignment
    else:
        first_guess = start_of(problem, start)
    answer = assign(problem, alternates=alternates, start=first_guess, limits=limits, watch=watch)
    return SolvedPool(ordered, problem, answer, pinned, refused)


def _same_people(snapshot: Snapshot, other: Snapshot) -> bool:
    return snapshot.mentees is other.mentees and snapshot.mentors is other.mentors and snapshot.at == other.at


def _same_encoding(rest: Snapshot, pinned: tuple[Pair, ...], like: SolvedPool) -> bool:
    """Return whether pins, blocks and closeness tables are the same, so that the encoding can be reused."""
    tables = like.snapshot.weights.closeness == rest.weights.closeness
    return tables and pinned == like.pinned and rest.blocks == like.snapshot.blocks


def _same_rows(problem: WeightedPool, other: WeightedPool) -> bool:
    """Return whether mentees and capacity classes are the same, so that an answer can start the other solve."""
    same = problem.pool.mentees is other.pool.mentees or problem.pool.mentees == other.pool.mentees
    return same and np.array_equal(problem.seats.mentor_rows, other.seats.mentor_rows)


def in_order(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with people in the order of their ids; ValueError when an id occurs twice."""
    for people in (snapshot.mentees, snapshot.mentors):
        ids = [person.id for person in people]
        if len(set(ids)) != len(ids):
            raise ValueError("a person stands twice in the snapshot")
    return replace(
        snapshot,
        mentees=tuple(sorted(snapshot.mentees, key=attrgetter("id"))),
        mentors=tuple(sorted(snapshot.mentors, key=attrgetter("id"))),
    )
