"""A settled pool as two sides that each have wishes of their own: mentees, and the seats of mentors."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I64
from services.matcher.domain.explain.hall import seat_plan
from services.matcher.domain.features.objective import tie_keys
from services.matcher.domain.features.problem import Problem
from services.matcher.domain.features.rules import Flags
from services.matcher.domain.weights import criteria_that


@dataclass(frozen=True)
class Market:
    """M mentees, K seats (columns); utilities are whole numbers, higher is better, on no common scale."""

    problem: Problem
    eligible: Flags  # (M, K)
    for_mentee: I64  # (M, K) the mentee's own fit, what matters most included
    for_mentor: I64  # (M, K) how much the mentor can help this person: the criteria that say ``mentor_brings``
    places: I64  # (K,)
    tie: I64  # (M, K) fixed, decides between equals

    def ids(self, plan: Mapping[int, list[int]]) -> dict[str, str]:
        """A seating (people per seat) as mentor by mentee id."""
        pool, rows = self.problem.pool, self.problem.seats.mentor_rows
        return {pool.mentees[i].id: pool.mentors[rows[seat]].id for seat, sitting in plan.items() for i in sitting}


def market_of(problem: Problem) -> Market:
    """Lay out both sides' wishes over all pairs; memory grows with M x K, meant for one programme's pool."""
    seats, pairs = problem.seats, problem.reading.pairs
    count, columns = len(problem.pool.mentees), len(seats.mentor_rows)
    eligible = np.zeros((count, columns), dtype=np.bool_)
    for row in range(count):
        takes = (seats.masks & problem.rules.any_mentee[0, row]) != 0
        eligible[row] = problem.reading.eligible(row)[seats.mentor_rows] & takes
    mentees, mentors = np.arange(count)[:, np.newaxis], seats.mentor_rows[np.newaxis, :]
    help_given = np.zeros((count, columns), dtype=np.int64)
    for name in criteria_that("mentor_brings"):  # by the programme's weights, without boosts
        help_given += problem.pool.weights.setting(name).weight * pairs.coded[name].points(mentees, mentors)
    keys = tie_keys([one.id for one in problem.pool.mentees]), tie_keys([one.id for one in problem.pool.mentors])
    mixed = (keys[0][:, np.newaxis] ^ keys[1][seats.mentor_rows][np.newaxis, :]) >> np.uint64(2)
    return Market(problem, eligible, pairs.fit(mentees, mentors), help_given, seats.places, mixed.astype(np.int64))


def seated(market: Market, mentor_of: tuple[int, ...]) -> dict[int, list[int]]:
    """People per seat, from each mentee's mentor row (-1 for none)."""
    return seat_plan(market.problem, mentor_of)
