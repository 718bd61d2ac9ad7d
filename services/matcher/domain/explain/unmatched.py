"""Why somebody has no mentor this time: one cause, the rules that bind, and what the person could change.

Every mentor is looked at with the rules they break for this person. A mentor who breaks none is *suitable*. Where no
mentor is, the smallest sets of broken rules are what stands in the way; those made only of the person's own wishes
are *relaxations* they could make.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.features.problem import Problem
from services.matcher.domain.features.rules import Flags

SHORTAGE, CAPACITY, HARD_RULE, NEVER_POSSIBLE = "shortage", "capacity", "hard_rule", "never_possible"
_OWN = ("format", "availability", "device", "situation", "life_stage", "goals", "topics", "age", "age_at_diagnosis")
_PROGRAMMES_OWN = ("ready", "quality_floor")


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """Wishes a person could let go of together, and how many mentors that would open."""

    rules: tuple[str, ...]
    mentors: int


@dataclass(frozen=True, kw_only=True)
class WhyUnmatched:
    """``cause`` and ``rules`` as in ``Unmatched``; ``suitable`` mentors break no rule, ``free`` of them have a seat."""

    cause: str
    rules: tuple[str, ...]
    suitable: int
    free: int
    relaxations: tuple[Relaxation, ...] = ()


def is_own(rule: str) -> bool:
    """Whether a rule is a wish of the mentee's own, theirs to let go."""
    return rule.startswith("must:") or rule in _OWN


def why_unmatched(problem: Problem, mentee: int) -> WhyUnmatched:
    """Say why the mentee of this row has no mentor; call it for people whom the round left waiting."""
    every = np.arange(len(problem.pool.mentors))
    broken = problem.reading.broken(mentee, every)
    fine = np.ones(len(every), dtype=np.bool_)
    for flags in broken.values():
        fine &= ~flags
    has_seat = _has_seat(problem, mentee)
    suitable, free = int(fine.sum()), int((fine & has_seat).sum())
    if free:
        return WhyUnmatched(cause=SHORTAGE, rules=("places",), suitable=suitable, free=free)
    if suitable:
        return WhyUnmatched(cause=CAPACITY, rules=("places",), suitable=suitable, free=0)
    return _ruled_out([tuple(sorted(name for name, flags in broken.items() if flags[j])) for j in every])


def _ruled_out(sets: list[tuple[str, ...]]) -> WhyUnmatched:
    counts = Counter(sets)
    own = [(rules, n) for rules, n in counts.items() if all(is_own(rule) for rule in rules)]
    if own:
        fewest = min(len(rules) for rules, _ in own)
        least = sorted((one for one in own if len(one[0]) == fewest), key=lambda one: (-one[1], one[0]))[:3]
        relaxations = tuple(Relaxation(rules=rules, mentors=n) for rules, n in least)
        return WhyUnmatched(cause=HARD_RULE, rules=relaxations[0].rules, suitable=0, free=0, relaxations=relaxations)
    awaited = [(rules, n) for rules, n in counts.items() if all(rule in _PROGRAMMES_OWN for rule in rules)]
    if awaited:
        return WhyUnmatched(cause=CAPACITY, rules=max(awaited, key=lambda one: (one[1], one[0]))[0], suitable=0, free=0)
    # What nobody in the pool passes, once everything that is the person's or the programme's to change is left out.
    fixed = Counter(tuple(r for r in rules if not is_own(r) and r not in _PROGRAMMES_OWN) for rules in sets)
    binding = min(fixed, key=lambda rules: (len(rules), -fixed[rules], rules), default=("no_mentors",))
    return WhyUnmatched(cause=NEVER_POSSIBLE, rules=binding, suitable=0, free=0)


def _has_seat(problem: Problem, mentee: int) -> Flags:
    shape = problem.rules.any_mentee[0, mentee]  # the first rule of every problem is the request shape
    seats = np.zeros(len(problem.pool.mentors), dtype=np.bool_)
    seats[problem.seats.mentor_rows[(problem.rules.any_mentor[0] & shape) != 0]] = True
    return seats
