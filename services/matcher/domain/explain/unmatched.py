"""Why somebody has no mentor this time: one cause, the rules that bind, and what the person could change.

Every mentor is looked at with the rules they break for this person. A mentor who breaks none is *suitable*. Where no
mentor is, the smallest sets of broken rules are what stands in the way; those made only of the person's own wishes
are *relaxations* they could make.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I64
from services.matcher.domain.features.problem import Problem
from services.matcher.domain.features.rules import Flags
from services.matcher.domain.weights import criteria_that

SHORTAGE, CAPACITY, HARD_RULE, NEVER_POSSIBLE = "shortage", "capacity", "hard_rule", "never_possible"
_OWN_RULES = ("request_shape",)  # beside the criteria whose file says so
_PROGRAMMES_OWN = ("ready", "quality_floor")
_AT_ONCE = 256  # mentees times mentors that are looked at in one step: a few megabytes


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
    return rule.startswith("must:") or rule in _OWN_RULES or rule in criteria_that("own")


def why_unmatched(problem: Problem, mentee: int) -> WhyUnmatched:
    """Say why the mentee of this row has no mentor; call it for people whom the round left waiting."""
    return why_each(problem, [mentee])[0]


def why_each(problem: Problem, mentees: Sequence[int]) -> list[WhyUnmatched]:
    """The same for several rows: most have suitable mentors, and those are counted many at a time."""
    found = []
    for start in range(0, len(mentees), _AT_ONCE):
        some = np.array(mentees[start : start + _AT_ONCE], dtype=np.int64)
        fine = _fine(problem, some)
        suitable, free = fine.sum(axis=1).tolist(), (fine & _has_seat(problem, some)).sum(axis=1).tolist()
        found += [_why(problem, *one) for one in zip(some.tolist(), suitable, free, strict=True)]
    return found


def _why(problem: Problem, mentee: int, suitable: int, free: int) -> WhyUnmatched:
    if suitable:
        cause = SHORTAGE if free else CAPACITY
        return WhyUnmatched(cause=cause, rules=("places",), suitable=suitable, free=free)
    return _ruled_out(_broken_sets(problem, mentee))


def _fine(problem: Problem, mentees: I64) -> Flags:
    """(mentees, mentors): which mentors break no rule for which of these rows."""
    book, every = problem.reading.book, np.arange(len(problem.pool.mentors))
    fine = np.ones((len(mentees), len(every)), dtype=np.bool_)
    for any_rule in book.any_rules.values():
        fine &= (any_rule.mentee_mask[mentees, np.newaxis] & any_rule.mentor_mask) != 0
    for word in book.all_rules:
        fine &= (word.mentee_mask[mentees, np.newaxis] & ~word.mentor_mask) == 0
    for place, row in enumerate(mentees.tolist()):
        fine[place, list(book.excluded.get(row, ()))] = False
    if problem.reading.words_decide:
        fine &= problem.reading.allowed(mentees[:, np.newaxis], every[np.newaxis, :])
    return fine


def _broken_sets(problem: Problem, mentee: int) -> Counter[tuple[str, ...]]:
    """How many mentors break which rules for this person, the sets in the order of their first mentor."""
    broken = problem.reading.broken(mentee, np.arange(len(problem.pool.mentors)))
    names = sorted(broken)
    if not names:
        return Counter({(): len(problem.pool.mentors)} if problem.pool.mentors else {})
    packed = np.packbits(np.array([broken[name] for name in names]), axis=0)
    _, first, counts = np.unique(packed, axis=1, return_index=True, return_counts=True)
    order = np.argsort(first)
    return Counter(
        {
            tuple(name for name in names if broken[name][mentor]): count
            for mentor, count in zip(first[order].tolist(), counts[order].tolist(), strict=True)
        }
    )


def _ruled_out(counts: Counter[tuple[str, ...]]) -> WhyUnmatched:
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
    fixed: Counter[tuple[str, ...]] = Counter()
    for rules, n in counts.items():
        fixed[tuple(r for r in rules if not is_own(r) and r not in _PROGRAMMES_OWN)] += n
    binding = min(fixed, key=lambda rules: (len(rules), -fixed[rules], rules), default=("no_mentors",))
    return WhyUnmatched(cause=NEVER_POSSIBLE, rules=binding, suitable=0, free=0)


def _has_seat(problem: Problem, mentees: I64) -> Flags:
    """(mentees, mentors): who has a seat for the shape these rows ask for."""
    shapes = problem.rules.any_mentee[0, mentees]  # the first rule of every problem is the request shape
    takes = np.zeros((len(mentees), len(problem.pool.mentors)), dtype=np.bool_)
    for shape in np.unique(shapes):
        seats = problem.seats.mentor_rows[(problem.rules.any_mentor[0] & shape) != 0]
        takes[np.ix_(shapes == shape, np.unique(seats))] = True
    return takes
