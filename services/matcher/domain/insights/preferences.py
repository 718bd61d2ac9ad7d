"""The preferences of both sides of a pool: mentees and mentors."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.formulation.objective import tie_keys
from services.matcher.domain.formulation.placement import Placement
from services.matcher.domain.formulation.round_problem import RoundProblem
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.weights import criteria_that
from services.matcher.solver.arrays import I64


@dataclass(frozen=True)
class Preferences:
    """M mentees, N mentors; utilities are whole numbers, higher is better, on no common scale."""

    problem: RoundProblem
    eligible: Flags  # (M, N) no rule is broken; places are ignored
    for_mentee: I64  # (M, N) the mentee's fit, including what matters most
    for_mentor: I64  # (M, N) how much the mentor can help: criteria with ``mentor_brings``
    tie: I64  # (M, N) fixed, decides between equals

    def ids(self, placed: Placement) -> dict[str, str]:
        """Return the mentor of each placed mentee, by id."""
        pool = self.problem.pool
        return {pool.mentees[i].id: pool.mentors[j].id for j, people in placed.people.items() for i in people}


def preferences_of(problem: RoundProblem) -> Preferences:
    """Return both sides' preferences over all pairs; memory grows with M x N, meant for one programme's pool."""
    pool, pairs = problem.pool, problem.weighted_pool.pairs
    size = len(pool.mentees), len(pool.mentors)
    mentees, mentors = np.arange(size[0])[:, np.newaxis], np.arange(size[1])[np.newaxis, :]
    eligible = np.zeros(size, dtype=np.bool_)
    for row in range(size[0]):
        eligible[row] = problem.weighted_pool.eligible(row)
    help_given = np.zeros(size, dtype=np.int64)
    for name in criteria_that("mentor_brings"):  # by the programme's weights, without boosts
        if weight := pool.weights.counted(name):
            help_given += weight * pairs.coded[name].points(mentees, mentors)
    keys = (tie_keys([person.id for person in side]) for side in (pool.mentees, pool.mentors))
    mixed = np.bitwise_xor.outer(*keys) >> np.uint64(2)
    return Preferences(problem, eligible, pairs.fit(mentees, mentors), help_given, mixed.astype(np.int64))
