"""Reference implementation of policies and stability over whole mentors, pair by pair and without the solver.

It uses no capacity classes: a mentor can take people when the rules on places in docs/matching.md allow it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from random import Random
from typing import Any

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.explain import explain
from services.matcher.domain.formulation.objective import tie_key
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.round import Snapshot
from services.matcher.domain.weights import Mode, criteria_that
from tests.support.people import a_mentee, a_mentor, a_snapshot, free_on, spoken, weights

SHAPES = ("one_thing", "a_few_chats", "long_haul")
TOPICS = ("food", "movement", "work", "school", "sleep", "travel", "driving", "costs")
GOALS = ("emotional", "practical", "social", "information")
LANGUAGES = ("en", "es", "fr")


def a_mixed_pool(seed: int) -> Snapshot:
    """Return up to nine mentees and four mentors: all shapes, few hours, declined shapes and live matches."""
    dice = Random(seed)

    def some(of: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(dice.sample(of, dice.randint(0, most)))

    def times() -> tuple[object, ...]:
        return tuple(free_on(day, 9, dice.choice((10, 12, 20))) for day in some(("mon", "tue", "wed"), 2))

    mentees = [
        a_mentee(
            f"e{n}",
            waited=timedelta(hours=dice.randint(1, 400)),
            request_shape=dice.choice(SHAPES),
            languages=spoken(*dice.sample(LANGUAGES, 2)),
            topics=some(TOPICS, 3),
            goals=some(GOALS, 2),
            matters_most=some(("topics", "language", "availability"), 2),
            availability=times(),
        )
        for n in range(dice.randint(3, 9))
    ]
    mentors = [
        a_mentor(
            f"o{n}",
            languages=spoken(*dice.sample(LANGUAGES, 2)),
            topics=some(TOPICS, 6),
            goals=some(GOALS, 3),
            availability=times(),
            capacity=dice.choice((1, 2, 2, 3, 4)),
            hours_per_month=dice.choice((None, 1, 2, 3, 3, 4, 6)),
            request_shapes=dice.choice(((), (), (), ("one_thing",), ("one_thing", "long_haul"), ("long_haul",))),
            taken=(taken := dice.choice((0, 0, 0, 1, 2))),
            shapes_taken=tuple(dice.choice(SHAPES) for _ in range(dice.randint(0, taken))),
        )
        for n in range(dice.randint(1, 4))
    ]
    modes: dict[str, Any] = {name: dice.choice(("soft", "soft", "off")) for name in ("topics", "goals", "availability")}
    return a_snapshot(mentees, mentors, weights(**modes))


def can_take(mentor: Mentor, wanted: Sequence[str]) -> bool:
    """Return whether a mentor can take these shapes beside their live matches, which may exceed a limit already."""
    facts, live = mentor.facts, list(mentor.shapes_taken[: mentor.taken])
    live += ["a_few_chats"] * (mentor.taken - len(live))
    if set(wanted) - set(facts.request_shapes or SHAPES) or len(live) + len(wanted) > max(facts.capacity, len(live)):
        return False
    if facts.hours_per_month is None:
        return True
    for shapes, hours in (({"long_haul"}, 3), ({"long_haul", "a_few_chats"}, 2)):
        asked, there = sum(one in shapes for one in wanted), sum(one in shapes for one in live)
        if asked and asked + there > max(1, facts.hours_per_month // hours):
            return False
    return True


@dataclass(frozen=True)
class WholeMentors:
    """A snapshot without pins, evaluated person by person."""

    snapshot: Snapshot

    @cached_property
    def shape_of(self) -> Mapping[str, str]:
        """Return each mentee's request shape."""
        return {mentee.id: mentee.facts.request_shape for mentee in self.snapshot.mentees}

    @cached_property
    def mentors(self) -> Mapping[str, Mentor]:
        """Return mentors by id."""
        return {mentor.id: mentor for mentor in self.snapshot.mentors}

    @cached_property
    def _weighted_pool(self) -> WeightedPool:
        snapshot = self.snapshot
        return weigh_pool(Pool(snapshot.mentees, snapshot.mentors, snapshot.at, snapshot.weights))

    @cached_property
    def _rows(self) -> Mapping[Pair, tuple[int, int]]:
        """Return the rows of eligible pairs; places are ignored."""
        return {
            Pair(mentee.id, mentor.id): (i, j)
            for i, mentee in enumerate(self.snapshot.mentees)
            for j, mentor in enumerate(self.snapshot.mentors)
            if not explain(mentee, mentor, self.snapshot.weights, self.snapshot.at).rules
        }

    @cached_property
    def gain(self) -> Mapping[Pair, int]:
        """Return the worth of each eligible pair to the mentee."""
        return {pair: int(self._weighted_pool.fit(*map(np.array, rows))) for pair, rows in self._rows.items()}

    def liking(self, pair: Pair) -> tuple[int, int]:
        """Return the worth of the pair to the mentee, and the fixed number that decides between equals."""
        return self.gain[pair], -((tie_key(pair.mentee_id) ^ tie_key(pair.mentor_id)) >> 2)

    @cached_property
    def help(self) -> Mapping[Pair, int]:
        """Return the worth of each eligible pair to the mentor: criteria that mentors bring and that are not off."""
        settings = {name: self.snapshot.weights.setting(name) for name in criteria_that("mentor_brings")}
        weight_of = {name: setting.weight for name, setting in settings.items() if setting.mode != Mode.OFF}
        points = {pair: self._weighted_pool.points(*map(np.array, rows)) for pair, rows in self._rows.items()}
        return {
            pair: sum(weight * int(values[name]) for name, weight in weight_of.items())
            for pair, values in points.items()
        }

    def with_mentor(self, made: Mapping[str, str], mentor_id: str) -> list[str]:
        """Return the people of a mentor."""
        return [mentee_id for mentee_id, other in made.items() if other == mentor_id]

    def room_for(self, made: Mapping[str, str], pair: Pair, instead: str | None = None) -> bool:
        """Return whether the mentor can take the mentee beside their people, or in place of ``instead``."""
        people = [one for one in self.with_mentor(made, pair.mentor_id) if one != instead]
        return can_take(self.mentors[pair.mentor_id], [self.shape_of[one] for one in (*people, pair.mentee_id)])

    def keeps_within_places(self, made: Mapping[str, str]) -> bool:
        """Return whether every mentor can take all their people, and every pair is eligible."""
        fine = all(Pair(*pair) in self.gain for pair in made.items())
        return fine and all(
            can_take(mentor, [self.shape_of[one] for one in self.with_mentor(made, mentor_id)])
            for mentor_id, mentor in self.mentors.items()
        )

    def could_still_be_placed(self, made: Mapping[str, str]) -> list[Pair]:
        """Return pairs of unmatched people and mentors who could still take them."""
        return [pair for pair in self.gain if pair.mentee_id not in made and self.room_for(made, pair)]

    def blocking(self, made: Mapping[str, str]) -> list[Pair]:
        """Return the blocking pairs: there is a free place, or that of a person who is helped less."""
        found = []
        for pair, gain in self.gain.items():
            now = made.get(pair.mentee_id)
            if now is not None and gain <= self.gain[Pair(pair.mentee_id, now)]:
                continue
            less = [
                one
                for one in self.with_mentor(made, pair.mentor_id)
                if self.help[Pair(one, pair.mentor_id)] < self.help[pair]
            ]
            if self.room_for(made, pair) or any(self.room_for(made, pair, instead=one) for one in less):
                found.append(pair)
        return sorted(found)

    def first_come(self) -> dict[str, str]:
        """Return the pairs where mentees, in the order of sign-up, take the best mentor who can take them."""
        made: dict[str, str] = {}
        for mentee in sorted(self.snapshot.mentees, key=lambda mentee: (mentee.facts.waiting_since, mentee.id)):
            open_to = [pair for pair in self.gain if pair.mentee_id == mentee.id and self.room_for(made, pair)]
            if open_to:
                made[mentee.id] = max(open_to, key=self.liking).mentor_id
        return made

    def greedy(self) -> dict[str, str]:
        """Return the pairs made by taking the best remaining pair again and again."""
        made: dict[str, str] = {}
        while open_to := self.could_still_be_placed(made):
            best = max(open_to, key=self.liking)
            made[best.mentee_id] = best.mentor_id
        return made

    def most_placed(self, people: Sequence[str]) -> int:
        """Return how many of these people can have a mentor at once, by trying every way."""

        @cache
        def most(at: int, given: tuple[tuple[str, ...], ...]) -> int:
            if at == len(people):
                return 0
            best, shape = most(at + 1, given), self.shape_of[people[at]]
            for place, mentor in enumerate(self.mentors.values()):
                more = tuple(sorted((*given[place], shape)))
                if Pair(people[at], mentor.id) in self.gain and can_take(mentor, more):
                    best = max(best, 1 + most(at + 1, (*given[:place], more, *given[place + 1 :])))
            return best

        return most(0, ((),) * len(self.mentors))
