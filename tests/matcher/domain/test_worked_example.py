"""The numbers in docs/matching.md are those of the engine."""

import re
from dataclasses import replace
from pathlib import Path

from services.events.facts import Spoken
from services.matcher.domain.explain import explain
from services.matcher.domain.formulation.priority import priority
from services.matcher.domain.insights.baselines import compare_baselines
from services.matcher.domain.round import run_round, solve_pool
from services.matcher.domain.weights import Setting, Weights, default_weights
from tests.support.people import NOW, a_mentee, a_mentor, a_snapshot, free_on, must, spoken

PAGE = (Path(__file__).parents[3] / "docs" / "matching.md").read_text(encoding="utf-8")
WEIGHED = {"language": 50, "topics": 30, "availability": 20}


def small_programme() -> Weights:
    usual = default_weights()
    settings = {name: Setting(setting.mode, WEIGHED.get(name, 0)) for name, setting in usual.criteria.items()}
    return replace(usual, criteria=settings)


MENTEES = [
    a_mentee(
        "Ana",
        languages=(Spoken(tag="es", level="native"),),
        topics=("food", "night_time"),
        availability=(free_on("tue", 18, 20),),
    ),
    a_mentee("Ben", topics=("work",), availability=(free_on("tue", 17, 22),)),
    a_mentee("Chi", topics=("sleep",), musts=(must("gender", "woman"),)),
]
MENTORS = [
    a_mentor("Luis", languages=spoken("es", "en"), topics=("food", "work"), availability=(free_on("tue", 17, 22),)),
    a_mentor("Mary", gender="woman", topics=("food", "sleep"), availability=(free_on("tue", 19, 22),)),
    a_mentor("Nia", gender="woman", topics=("work", "food"), availability=(free_on("tue", 20, 23),)),
]


def rows(pattern: str) -> list[tuple[str, ...]]:
    return [match.groups() for match in re.finditer(pattern, PAGE, flags=re.MULTILINE)]


def test_the_table_of_pairs() -> None:
    table = []
    for mentee in MENTEES:
        for mentor in MENTORS:
            why = explain(mentee, mentor, small_programme(), NOW)
            points = {part.criterion: part.score for part in why.parts}
            evaluation = f"no: {', '.join(why.rules)}" if why.rules else "yes"
            numbers = [str(points[name]) for name in WEIGHED]
            table.append((mentee.id, mentor.id, *numbers, str(why.score), evaluation))
    pair = r"^\| (\w+), (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (.+?) \|$"
    assert rows(pair) == table


def test_the_pairs_made_and_the_certificate() -> None:
    result = run_round(a_snapshot(MENTEES, MENTORS, small_programme()))
    made = " · ".join(f"{proposal.mentee_id}, {proposal.mentor_id}" for proposal in result.proposals)
    assert f"The round makes {made}. Its certificate says {result.certificate.primal} on both sides" in PAGE
    assert result.certificate.proves_optimal
    assert {priority(one, small_programme(), NOW) for one in MENTEES} == {7}
    assert result.certificate.primal == 3 * 7 * 300_001 + 270_000


def test_the_ways_of_matching() -> None:
    outcomes = compare_baselines(solve_pool(a_snapshot(MENTEES, MENTORS, small_programme())), ("greedy", "stable"))
    table = [(outcome.policy, str(outcome.matched), str(outcome.fit // 1000)) for outcome in outcomes]
    assert rows(r"^\| (optimal|greedy|stable) \| (\d+) \| (\d+) \|$") == table
