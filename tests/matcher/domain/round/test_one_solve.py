"""Whatever the rules of a programme, a round takes one solve and is optimal over the allowed pairs."""

from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from services.events.facts import Spoken
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.explain import explain
from services.matcher.domain.formulation.priority import priority
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.round import run_round, solve_pool
from services.matcher.domain.weights import Weights, default_weights
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot, free_on, only, weights

assigning = import_module(
    "services.matcher.domain.round.lazy_constraints"
)  # the function of that name hides the module
PLACES = ("", "-US", "-CA")
ELSEWHERE = (
    "hi bn ru ja ko vi it tr pl uk nl th fa sw am ha yo ig zu xh af so ro el cs hu sv da nb fi he ur pa ta te ml kn mr"
)
TAGS = [f"{language}{place}" for language in ("en", "es", "fr", "ar", "pt", "zh", "de") for place in PLACES]
TAGS += ELSEWHERE.split()
SIGNED = "ase bfi fsl gsg jsl csl bzs lsl mfs ssp ise asf nzs rsl kvk tsm psr dse swl fse nsl dsl vsl vgt asq hsl"
FORMATS = ((), (), ("phone",), ("video", "phone"))


@pytest.fixture
def solves(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the number of eligible pairs of each solve."""
    asked: list[int] = []
    solve = assigning.solve

    def counted(*args: Any, **more: Any) -> Any:
        solution = solve(*args, **more)
        asked.append(solution.stats.eligible_pairs)
        return solution

    monkeypatch.setattr(assigning, "solve", counted)
    return asked


def a_few_alike(dice: Random) -> dict[str, Any]:
    """Return facts of few hours and topics, so that most people fit each other badly."""
    days = dice.sample(("mon", "tue", "wed", "thu"), dice.choice((1, 1, 2)))
    return {
        "availability": tuple(free_on(day, dice.choice((9, 18)), 20) for day in days),
        "topics": tuple(dice.sample(("food", "work", "sleep"), 1)),
        "goals": tuple(dice.sample(("social", "practical"), 1)),
        "age_band": dice.choice(("18_24", "35_49", "65_plus")),
    }


def of_many_languages(dice: Random) -> dict[str, Any]:
    """Return facts from a hundred languages at any level, including regional varieties and sign languages."""
    levels = ("basic", "conversational", "fluent", "native")
    tags = dice.sample(TAGS, 4) + dice.sample(SIGNED.split(), 2)
    return {
        "languages": tuple(Spoken(tag=tag, level=dice.choice(levels)) for tag in tags),
        "formats": dice.choice(FORMATS),
    }


def people(
    seed: int, mentees: int, mentors: int, draw_person: Callable[[Random], Any]
) -> tuple[list[Mentee], list[Mentor]]:
    dice = Random(seed)
    return (
        [a_mentee(f"e{n:03d}", **draw_person(dice)) for n in range(mentees)],
        [a_mentor(f"m{n:03d}", **draw_person(dice)) for n in range(mentors)],
    )


def best_worth(mentees: list[Mentee], mentors: list[Mentor], given: Weights) -> tuple[Any, Any]:
    """Return the value of each pair (priority, then fit; 0 if forbidden) and the optimum by scipy."""
    explanations = [[explain(mentee, mentor, given, NOW) for mentor in mentors] for mentee in mentees]
    worth = np.array(
        [
            [
                0
                if why.rules
                else priority(mentee, given, NOW) * 10**8 + sum(part.score * part.weight for part in why.parts)
                for why in row
            ]
            for mentee, row in zip(mentees, explanations, strict=True)
        ]
    )
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return worth, worth[rows, columns].sum()


@pytest.mark.parametrize(
    ("given", "draw_person"),
    [
        (only("availability", "hard"), a_few_alike),
        (weights(quality_floor=60), a_few_alike),
        (weights(quality_floor=70, availability="hard"), a_few_alike),
        (weights(quality_floor=100), a_few_alike),
        (only("age", "hard"), a_few_alike),
        (default_weights(), of_many_languages),
        (weights(quality_floor=55), of_many_languages),
    ],
    ids=["hours", "floor", "hours and floor", "nobody reaches it", "age", "languages", "languages and floor"],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_solve_gives_the_best_over_allowed_pairs(
    given: Weights, draw_person: Callable[[Random], Any], seed: int, solves: list[int]
) -> None:
    mentees, mentors = people(seed, *((12, 9) if draw_person is a_few_alike else (60, 40)), draw_person)
    result = run_round(a_snapshot(mentees, mentors, given))
    assert len(solves) == 1
    made = [(int(proposal.mentee_id[1:]), int(proposal.mentor_id[1:])) for proposal in result.proposals]
    worth, most = best_worth(mentees, mentors, given)
    assert all(worth[pair] for pair in made)
    assert sum(worth[pair] for pair in made) == most
    assert result.certificate.proves_optimal


def test_a_rule_of_a_hundred_languages_takes_several_words_and_is_exact() -> None:
    mentees, mentors = people(4, 80, 60, of_many_languages)
    solved = solve_pool(a_snapshot(mentees, mentors))
    weighted_pool, rules = solved.problem, solved.problem.solver_rules
    assert len(weighted_pool.rules.any_rules["language"].mentee_mask) > 1
    allowed = [[not explain(mentee, mentor, default_weights(), NOW).rules for mentor in mentors] for mentee in mentees]
    assert any(map(any, allowed))
    assert may_meet(weighted_pool.rules, np.arange(80)[:, np.newaxis], np.arange(60)).tolist() == allowed
    assert [rules.met_by(row, np.arange(60)).tolist() for row in range(80)] == allowed


def test_alternates_reach_the_quality_floor() -> None:
    given = weights(quality_floor=60)
    mentees, mentors = people(5, 12, 9, a_few_alike)
    alternates = dict(run_round(a_snapshot(mentees, mentors, given)).alternates)
    pairs = [(mentee, mentor) for mentee in mentees for mentor in mentors if mentor.id in alternates.get(mentee.id, ())]
    assert pairs
    assert not any(explain(mentee, mentor, given, NOW).rules for mentee, mentor in pairs)
