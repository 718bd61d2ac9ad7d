"""Every assignment of a tiny pool, one by one: no other is better, level by level."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from random import Random

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.explain import Explanation, explain
from services.matcher.domain.features.priority import priority
from services.matcher.domain.people import Mentor
from services.matcher.domain.round import Snapshot, run_round
from tests.support.people import weights

Worth = tuple[int, int, int]  # priority, fit, kept


def a_tiny_pool(seed: int) -> Snapshot:
    """Four to five people of everyday, made to overlap: one language, mostly one type, several held proposals."""
    dice = Random(seed)
    mentees, mentors = pool_of(programme(seed, 3, dice.choice((4, 5))))
    speak = mentors[0].facts.languages
    mentors = tuple(
        replace(
            one,
            facts=replace(
                one.facts,
                languages=speak,
                relations=("self",),
                diabetes_types=("t1d",),
                capacity=dice.choice((1, 1, 2, 3)),
                hours_per_month=dice.choice((None, 2, 4)),
            ),
        )
        for one in mentors
    )
    mentees = tuple(
        replace(
            one,
            held=dice.choice((None, *[mentor.id for mentor in mentors])),
            facts=replace(
                one.facts,
                languages=speak,
                relation="self",
                diabetes_type=dice.choice(("t1d", "t1d", "lada", "t2d")),
                devices=(),
                formats=(),
            ),
        )
        for one in mentees
    )
    at = datetime(2025, 6, 2, 12, tzinfo=UTC)
    return Snapshot(programme="cairn", at=at, weights=weights(), mentees=mentees, mentors=mentors)


def within_limits(mentor: Mentor, shapes: list[str]) -> bool:
    facts = mentor.facts
    if len(shapes) > facts.capacity or (facts.request_shapes and set(shapes) - set(facts.request_shapes)):
        return False
    if facts.hours_per_month is None:
        return True
    count = Counter(shapes)
    return count["long_haul"] <= max(1, facts.hours_per_month // 3) and count["long_haul"] + count[
        "a_few_chats"
    ] <= max(1, facts.hours_per_month // 2)


def explained(snapshot: Snapshot) -> dict[tuple[str, str], Explanation]:
    return {
        (one.id, other.id): explain(one, other, snapshot.weights, snapshot.at)
        for one in snapshot.mentees
        for other in snapshot.mentors
    }


def every_assignment(snapshot: Snapshot, told: dict[tuple[str, str], Explanation]) -> Iterator[dict[str, str]]:
    mine = [
        [None, *(other.id for other in snapshot.mentors if not told[one.id, other.id].rules)]
        for one in snapshot.mentees
    ]
    shape = {one.id: one.facts.request_shape for one in snapshot.mentees}
    for choice in product(*mine):
        made = {one.id: who for one, who in zip(snapshot.mentees, choice, strict=True) if who is not None}
        if all(
            within_limits(other, [shape[i] for i, who in made.items() if who == other.id]) for other in snapshot.mentors
        ):
            yield made


def worth(snapshot: Snapshot, told: dict[tuple[str, str], Explanation], made: dict[str, str]) -> Worth:
    mentees = {one.id: one for one in snapshot.mentees}
    fit = sum(part.score * part.weight for pair in made.items() for part in told[pair].parts)
    first = sum(priority(mentees[i], snapshot.weights, snapshot.at) for i in made)
    return first, fit, sum(mentees[i].held == j for i, j in made.items())


@pytest.mark.parametrize("seed", range(12))
def test_no_other_assignment_of_a_tiny_pool_is_better(seed: int) -> None:
    snapshot = a_tiny_pool(seed)
    told = explained(snapshot)
    result = run_round(snapshot)
    made = {one.mentee_id: one.mentor_id for one in result.proposals}
    every = list(every_assignment(snapshot, told))
    assert made in every
    assert worth(snapshot, told, made) == max(worth(snapshot, told, one) for one in every)
    assert len(made) == max(len(one) for one in every)
    assert result.certificate.optimal
