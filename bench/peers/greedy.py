"""Greedy: the best pair first; not exact."""

import numpy as np

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64


def prepare(pairs: Pairs) -> Peer:
    """Return the peer; sorting is part of the measured work."""

    def run() -> I64:
        left, mentor_of = pairs.capacity.tolist(), [-1] * pairs.mentees
        order = np.argsort(-pairs.value, kind="stable")
        for mentee, mentor in zip(pairs.mentee[order].tolist(), pairs.mentor[order].tolist(), strict=True):
            if mentor_of[mentee] < 0 and left[mentor]:
                mentor_of[mentee] = mentor
                left[mentor] -= 1
        return np.array(mentor_of, np.int64)

    return Peer(run, lambda answer: answer if pairs.mentees else nobody(0))
