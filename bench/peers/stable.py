"""The ``matching`` package's ``HospitalResident``: a stable assignment, which is not the one of highest value.

Both sides rank by the same scores. A run changes its players, so creating them is part of it.
"""

import sys
import warnings
from typing import Any

import numpy as np

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Build the rankings of all people; mentees are the residents."""
    from matching.games import HospitalResident

    sys.setrecursionlimit(10**6)  # it copies its players deeply, one within the other
    mentees = _ranked(pairs.mentee, pairs.mentor, pairs.value)
    mentors = _ranked(pairs.mentor, pairs.mentee, pairs.value)
    places = {mentor: int(pairs.capacity[mentor]) for mentor in mentors}

    def run() -> Any:
        with warnings.catch_warnings(action="ignore"):
            return HospitalResident.create_from_dictionaries(mentees, mentors, places).solve()

    def read(answer: Any) -> I64:
        mentor_of = nobody(pairs.mentees)
        for mentor, taken in answer.items():
            for mentee in taken:
                mentor_of[mentee.name] = mentor.name
        return mentor_of

    return Peer(run, read)


def _ranked(rows: I64, others: I64, value: I64) -> dict[int, list[int]]:
    order = np.lexsort((others, -value, rows))
    ranking: dict[int, list[int]] = {}
    for row, other in zip(rows[order].tolist(), others[order].tolist(), strict=True):
        ranking.setdefault(row, []).append(other)
    return ranking
