"""Seeded pools for comparisons: places scarce or not, pins, blocks, floors, hours, shared weeks, unsent proposals."""

from random import Random

from services.events.facts import Window
from services.matcher.domain.candidates import Pair
from services.matcher.domain.round import Snapshot
from tests.support.people import a_mentee, a_mentor, a_snapshot, asks_about, free_on, lived_with, must, spoken, weights

SHAPES = ("one_thing", "a_few_chats", "long_haul")
TONGUES = ("en", "es", "cy")
TOPICS = ("food", "work", "sleep", "movement")
DAYS = ("mon", "wed", "sat")


def a_random_pool(seed: int) -> Snapshot:
    """Return a pool; its regime, rules and weights follow from the seed."""
    dice = Random(seed)
    mentee_count, mentor_count = dice.randint(2, 16), dice.randint(1, 9)
    mentors = [f"o{n}" for n in range(mentor_count)]
    holds = dice.random() < 0.3
    mentees = [
        a_mentee(
            f"e{n}",
            languages=spoken(*dice.sample(TONGUES, dice.randint(1, 2))),
            request_shape=dice.choice(SHAPES),
            topics=tuple(dice.sample(TOPICS, dice.randint(0, 3))),
            devices=(asks_about("aid"),) if dice.random() < 0.3 else (),
            musts=(must("gender", "woman"),) if dice.random() < 0.2 else (),
            availability=_week(dice),
            excluded=dice.sample(mentors, 1) if dice.random() < 0.1 else (),
            held=dice.choice(mentors) if holds and dice.random() < 0.5 else None,
        )
        for n in range(mentee_count)
    ]
    people = []
    for name in mentors:
        taken = dice.randint(0, 1)
        people.append(
            a_mentor(
                name,
                languages=spoken(*dice.sample(TONGUES, dice.randint(1, 2))),
                capacity=dice.randint(taken, 3 if seed % 3 else 6),
                taken=taken,
                hours_per_month=dice.choice((None, None, 2, 3, 4, 6)),
                request_shapes=tuple(dice.sample(SHAPES, dice.choice((0, 0, 1, 2)))),
                topics=tuple(dice.sample(TOPICS, dice.randint(0, 3))),
                devices=(lived_with("aid"),) if dice.random() < 0.5 else (),
                gender=dice.choice(("woman", "man")),
                availability=_week(dice),
                approved=dice.random() < 0.95,
                paused=dice.random() < 0.05,
            )
        )
    given = weights(
        coverage=dice.choice((100, 100, 70, 30)),
        quality_floor=dice.choice((0, 0, 45, 60)),
        availability="hard" if dice.random() < 0.2 else "soft",
    )

    def pairs(most: int) -> frozenset[Pair]:
        chosen = (Pair(dice.choice(mentees).id, dice.choice(mentors)) for _ in range(dice.randint(0, most)))
        return frozenset(chosen)

    pins = pairs(3) if dice.random() < 0.5 else frozenset()
    return a_snapshot(mentees, people, given, pins=pins, blocks=pairs(4))


def _week(dice: Random) -> tuple[Window, ...]:
    return tuple(free_on(day, 18, 21) for day in dice.sample(DAYS, dice.randint(0, 2)))
