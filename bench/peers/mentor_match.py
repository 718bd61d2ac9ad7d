"""The ``mentor-match`` package: rules score every pair, Munkres' method assigns one mentor to each mentee.

It has no capacities, so it gets one mentor per place, and one rule that looks up the score. It is installed in a
separate folder, because it and the ``matching`` package are both imported as ``matching``.
"""

import logging
import sys
from pathlib import Path
from typing import Any

from bench.peers.pairs import Pairs
from bench.peers.peer import Peer, nobody
from services.matcher.solver.arrays import I64

FOLDER = Path(sys.prefix) / "mentor-match"


def prepare(pairs: Pairs) -> Peer:
    """Prepare the scores; a run changes its people, so each run creates them again."""
    sys.path.insert(0, str(FOLDER))
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.process import process_data
    from matching.rules.rule import Disqualify

    logging.disable(logging.DEBUG)
    score: dict[tuple[int, int], int] = dict(
        zip(zip(pairs.mentee.tolist(), pairs.mentor.tolist(), strict=True), pairs.value.tolist(), strict=True)
    )

    def pair_of(match: Any) -> tuple[int, int]:
        return match.mentee.role, match.mentor.role

    class LookUp:
        def apply(self, match: Any) -> int:
            return score[pair_of(match)]

    def run() -> Any:
        mentors = [Mentor(grade=0, email=f"place {n}", role=mentor) for n, mentor in enumerate(pairs.place.tolist())]
        mentees = [Mentee(grade=0, email=f"mentee {n}", role=n) for n in range(pairs.mentees)]
        # Rules run from last to first: pairs that are not eligible are disqualified before the score is looked up.
        return process_data(mentors, mentees, [[LookUp(), Disqualify(lambda match: pair_of(match) not in score)]])[1]

    def read(mentees: Any) -> I64:
        mentor_of = nobody(pairs.mentees)
        for mentee in mentees:
            if mentee.mentors:
                mentor_of[mentee.role] = mentee.mentors[0].role
        return mentor_of

    return Peer(run, read)
