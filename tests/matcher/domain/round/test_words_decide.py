"""Conditions that masks cannot hold: asked again until nothing is refused, and still the best of what is allowed."""

from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from services.matcher.domain.explain import explain
from services.matcher.domain.features.priority import priority
from services.matcher.domain.round import run_round, settle
from services.matcher.domain.weights import Weights
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot, free_on, only, weights


@pytest.mark.parametrize(
    ("given", "by_words"),
    [(only("availability", "hard"), True), (weights(quality_floor=60), True), (only("age", "hard"), False)],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_answer_is_the_best_over_allowed_pairs(given: Weights, by_words: bool, seed: int) -> None:
    dice = Random(seed)

    def anybody() -> dict[str, Any]:
        days = dice.sample(("mon", "tue", "wed", "thu"), dice.choice((1, 1, 2)))
        return {
            "availability": tuple(free_on(day, dice.choice((9, 18)), 20) for day in days),
            "topics": tuple(dice.sample(("food", "work", "sleep"), 1)),
            "goals": tuple(dice.sample(("social", "practical"), 1)),
            "age_band": dice.choice(("18_24", "35_49", "65_plus")),
        }

    mentees = [a_mentee(f"e{n:02d}", **anybody()) for n in range(12)]
    mentors = [a_mentor(f"m{n:02d}", **anybody()) for n in range(9)]
    snapshot = a_snapshot(mentees, mentors, given)
    told = [[explain(one, other, given, NOW) for other in mentors] for one in mentees]
    # An oracle of its own: each pair worth its person's priority, then its fit; forbidden pairs worth nothing.
    worth = np.array(
        [
            [
                0
                if why.rules
                else priority(mentees[i], given, NOW) * 10**7 + sum(p.score * p.weight for p in why.parts)
                for why in row
            ]
            for i, row in enumerate(told)
        ]
    )
    rows, columns = linear_sum_assignment(worth, maximize=True)
    result = run_round(snapshot)
    made = [(int(one.mentee_id[1:]), int(one.mentor_id[1:])) for one in result.proposals]
    assert settle(snapshot).problem.reading.words_decide is by_words
    assert all(not told[i][j].rules for i, j in made)
    assert sum(worth[i, j] for i, j in made) == worth[rows, columns].sum()
    assert result.certificate.optimal
