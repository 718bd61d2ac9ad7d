"""Rounds against brute force: no assignment of a tiny pool is better in priority, then fit, then kept proposals."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from random import Random

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.candidates import Mentor
from services.matcher.domain.explain import Explanation, explain
from services.matcher.domain.formulation.priority import priority
from services.matcher.domain.round import Snapshot, run_round
from tests.support.people import must, weights

Worth = tuple[int, int, int]  # priority, fit, kept
CONDITIONS = ((), (), (must("gender", "woman"),), (must("format", "video"),), (must("device_class", "cgm_rt"),))
SEEDS = range(48)


def a_tiny_pool(seed: int) -> Snapshot:
    """Return four or five demo mentees and three mentors who overlap: one language, mostly one type, unsent proposals.

    Their ways to talk stay unchanged. Odd seeds add what excludes pairs: devices asked about, musts, minors, mentors
    who are not ready or take only small requests, earlier tries, hard availability and a quality floor.
    """
    dice = Random(seed)
    strict = bool(seed % 2)
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
                gender=dice.choice(("woman", "woman", "man")),
                approved=not strict or dice.random() < 0.9,
                cleared_for_minors=dice.random() < 0.7,
                request_shapes=dice.choice(((), (), ("one_thing", "a_few_chats"))) if strict else (),
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
                devices=one.facts.devices if strict and dice.random() < 0.5 else (),
                minor=strict and dice.random() < 0.2,
                musts=dice.choice(CONDITIONS) if strict else (),
            ),
            excluded=frozenset({dice.choice(mentors).id}) if strict and dice.random() < 0.3 else frozenset(),
        )
        for one in mentees
    )
    at = datetime(2025, 6, 2, 12, tzinfo=UTC)
    times = dice.choice(("soft", "hard")) if strict else "soft"
    floor = dice.choice((0, 70)) if strict else 0
    return Snapshot(
        programme="cairn",
        at=at,
        weights=weights(quality_floor=floor, availability=times),
        mentees=mentees,
        mentors=mentors,
    )


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


def every_assignment(snapshot: Snapshot, explanations: dict[tuple[str, str], Explanation]) -> Iterator[dict[str, str]]:
    choices = [
        [None, *(mentor.id for mentor in snapshot.mentors if not explanations[mentee.id, mentor.id].rules)]
        for mentee in snapshot.mentees
    ]
    shape = {mentee.id: mentee.facts.request_shape for mentee in snapshot.mentees}
    for choice in product(*choices):
        made = {
            mentee.id: mentor_id
            for mentee, mentor_id in zip(snapshot.mentees, choice, strict=True)
            if mentor_id is not None
        }
        if all(
            within_limits(mentor, [shape[i] for i, mentor_id in made.items() if mentor_id == mentor.id])
            for mentor in snapshot.mentors
        ):
            yield made


def worth(snapshot: Snapshot, explanations: dict[tuple[str, str], Explanation], made: dict[str, str]) -> Worth:
    mentees = {mentee.id: mentee for mentee in snapshot.mentees}
    fit = sum(part.score * part.weight for pair in made.items() for part in explanations[pair].parts)
    first = sum(priority(mentees[i], snapshot.weights, snapshot.at) for i in made)
    return first, fit, sum(mentees[i].held == j for i, j in made.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_assignment_of_a_tiny_pool_is_better(seed: int) -> None:
    snapshot = a_tiny_pool(seed)
    explanations = explained(snapshot)
    result = run_round(snapshot)
    made = {proposal.mentee_id: proposal.mentor_id for proposal in result.proposals}
    every = list(every_assignment(snapshot, explanations))
    assert made in every
    assert worth(snapshot, explanations, made) == max(worth(snapshot, explanations, one) for one in every)
    assert len(made) == max(len(one) for one in every)
    assert result.certificate.proves_optimal


def test_these_pools_break_every_kind_of_rule_and_still_have_matches() -> None:
    binding: Counter[str] = Counter()
    matched = waiting = 0
    for seed in SEEDS[1::4]:
        snapshot = a_tiny_pool(seed)
        binding.update(rule for one in explained(snapshot).values() for rule in one.rules)
        made = len(run_round(snapshot).proposals)
        matched, waiting = matched + made, waiting + len(snapshot.mentees) - made
    kinds = {"ready", "cleared", "request_shape", "excluded", "device", "format", "availability", "quality_floor"}
    assert kinds | {"must:gender", "must:format", "must:device_class"} <= set(binding)
    assert matched >= 10
    assert waiting >= 10
