"""The preferences of both sides of a pool: mentees and mentors."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.formulation.objective import tie_keys
from services.matcher.domain.formulation.placement import Placement
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.weights import criteria_that
from services.matcher.solver.arrays import I64


@dataclass(frozen=True)
class Preferences:
    """M mentees, N mentors; utilities are whole numbers, higher is better, on no common scale."""

    weighted_pool: WeightedPool
    eligible: Flags  # (M, N) no rule is broken; places are ignored
    for_mentee: I64  # (M, N) the mentee's fit, including what matters most
    for_mentor: I64  # (M, N) how much the mentor can help: criteria with ``mentor_brings``
    tie: I64  # (M, N) fixed, decides between equals

    def ids(self, placed: Placement) -> dict[str, str]:
        """Return the mentor of each placed mentee, by id."""
        pool = self.weighted_pool.pool
        return {pool.mentees[i].id: pool.mentors[j].id for j, people in placed.people.items() for i in people}


def preferences_of(weighted_pool: WeightedPool) -> Preferences:
    """Return both sides' preferences over all pairs; memory grows with M x N, meant for one programme's pool."""
    pool = weighted_pool.pool
    mentees, mentors = np.arange(len(pool.mentees))[:, np.newaxis], np.arange(len(pool.mentors))
    help_given = np.zeros((len(pool.mentees), len(pool.mentors)), dtype=np.int64)
    for name in criteria_that("mentor_brings"):  # by the programme's weights, without boosts
        if weight := pool.weights.counted(name):
            help_given += weight * weighted_pool.encoded_pool.coded[name].points(mentees, mentors)
    keys = (tie_keys([person.id for person in side]) for side in (pool.mentees, pool.mentors))
    mixed = np.bitwise_xor.outer(*keys) >> np.uint64(2)
    eligible = may_meet(weighted_pool.rules, mentees, mentors)
    return Preferences(weighted_pool, eligible, weighted_pool.fit(mentees, mentors), help_given, mixed.astype(np.int64))
