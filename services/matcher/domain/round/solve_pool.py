"""Who meets whom, before any words: pins first, then the kernel. Rounds and what-ifs both stand on it."""

from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.round_problem import RoundProblem, round_problem
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.round.lazy_constraints import ALTERNATES, RoundAssignment, assign
from services.matcher.domain.round.pins import apply_pins
from services.matcher.domain.round.snapshot_and_result import Snapshot
from services.matcher.domain.round.warm_start import COLD_START, WarmStart, start_of
from services.matcher.solver.column_generation import Limits, Watch


@dataclass(frozen=True)
class SolvedPool:
    """The pairs of a snapshot, the problem they solve (without what pins settled), and the kernel's answer."""

    snapshot: Snapshot  # people in the order of their ids
    problem: RoundProblem
    answer: RoundAssignment
    pinned: tuple[Pair, ...]
    refused: tuple[Pair, ...]

    @property
    def mentor_of(self) -> dict[str, str]:
        """The mentor of everybody who has one, by id, pinned pairs too."""
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

    ``like`` may be an earlier settling of the very same people (the same tuples, in order) under other weights: what
    weights do not change is taken over from it, and its prices lead the way, so that the answer, which is the same,
    comes sooner. ``start`` are prices of an earlier round of other people, for
    where there is no ``like``. ``watch`` is the one of the whole round, or of whatever this is part of.
    """
    watch = watch or Watch()
    watch.look("features", 0.0)
    same = like is not None and _same_people(snapshot, like.snapshot)
    ordered = snapshot if same else in_order(snapshot)
    rest, pinned, refused = apply_pins(ordered)
    pool = Pool(rest.mentees, rest.mentors, rest.at, rest.weights)
    encoded_pool = (
        like.problem.weighted_pool.encoded_pool
        if like is not None and same and _same_ground(rest, pinned, like)
        else None
    )
    problem = round_problem(weigh_pool(pool, rest.blocks, encoded_pool))
    watch.look("features", 1.0)
    if like is not None and same and _led(problem, like.problem):
        lead = like.answer.assignment
    else:
        lead = start_of(problem, start)
    answer = assign(problem, alternates=alternates, start=lead, limits=limits, watch=watch)
    return SolvedPool(ordered, problem, answer, pinned, refused)


def _same_people(one: Snapshot, other: Snapshot) -> bool:
    return one.mentees is other.mentees and one.mentors is other.mentors and one.at == other.at


def _same_ground(rest: Snapshot, pinned: tuple[Pair, ...], like: SolvedPool) -> bool:
    """Whether the same pins were made and the same pairs blocked, and the closeness tables are the same."""
    tables = like.snapshot.weights.closeness == rest.weights.closeness
    return tables and pinned == like.pinned and rest.blocks == like.snapshot.blocks


def _led(problem: RoundProblem, by: RoundProblem) -> bool:
    """Whether the answer of one problem leads another: rows and seats are the same."""
    same = problem.pool.mentees is by.pool.mentees or problem.pool.mentees == by.pool.mentees
    return same and np.array_equal(problem.seats.mentor_rows, by.seats.mentor_rows)


def in_order(snapshot: Snapshot) -> Snapshot:
    """The same snapshot with people in the order of their ids; ValueError when an id stands twice."""
    for people in (snapshot.mentees, snapshot.mentors):
        ids = [one.id for one in people]
        if len(set(ids)) != len(ids):
            raise ValueError("a person stands twice in the snapshot")
    return replace(
        snapshot,
        mentees=tuple(sorted(snapshot.mentees, key=lambda one: one.id)),
        mentors=tuple(sorted(snapshot.mentors, key=lambda one: one.id)),
    )
