"""Why somebody has no mentor this time: one cause, the rules that bind, and what the person could change.

Every mentor is looked at with the rules they break for this person. A mentor who breaks none is *suitable*. Where no
mentor is, the smallest sets of broken rules are what stands in the way; those made only of the person's own wishes
are *relaxations* they could make. Where time alone, or the programme, can change what is left (mentors who are not
ready, the quality floor), nothing is impossible: that is ``capacity``, or ``hard_rule`` beside a wish.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.explain.violated_rules import Broken, Sets
from services.matcher.domain.formulation.round_problem import RoundProblem
from services.matcher.domain.formulation.weighted_pool import QUALITY_FLOOR
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.weights import criteria_that
from services.matcher.solver.arrays import I64

SHORTAGE, CAPACITY, HARD_RULE, NEVER_POSSIBLE = "shortage", "capacity", "hard_rule", "never_possible"
_OWN_RULES = ("request_shape",)  # beside the criteria whose file says so
PLACES, READY = "places", "ready"
_AWAITED = (QUALITY_FLOOR, READY)  # the programme's, or a matter of time
_FIRST_TRIED = [32, 160]  # where the mentors to be tried are parted: nearly everybody has one among the first
_AT_ONCE = 256  # mentees times mentors that are looked at in one step: a few megabytes


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """Wishes a person could let go of together, and how many mentors that would open.

    ``awaits`` is what those mentors are kept by besides: ``("ready",)`` where they are not ready to start yet.
    """

    rules: tuple[str, ...]
    mentors: int
    awaits: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WhyUnmatched:
    """``cause`` and ``rules`` as in ``Unmatched``; ``suitable`` mentors break no rule, ``free`` have a place too."""

    cause: str
    rules: tuple[str, ...]
    suitable: int
    free: int
    relaxations: tuple[Relaxation, ...] = ()


def is_own(rule: str) -> bool:
    """Whether a rule is a wish of the mentee's own, theirs to let go."""
    return rule.startswith("must:") or rule in _OWN_RULES or rule in criteria_that("own")


def awaited(rules: Iterable[str]) -> str:
    """What somebody waits for whose cause is ``capacity``: ``quality_floor``, ``ready`` or ``places``."""
    return next((one for one in _AWAITED if one in rules), PLACES)


def why_unmatched(problem: RoundProblem, mentee: int) -> WhyUnmatched:
    """Say why the mentee of this row has no mentor; call it for people whom the round left waiting."""
    return why_each(problem, [mentee])[0]


def why_each(problem: RoundProblem, mentees: Sequence[int]) -> list[WhyUnmatched]:
    """The same for several rows: most have suitable mentors, and those are counted many at a time."""
    found, broken = [], Broken(problem, mentees)
    for start in range(0, len(mentees), _AT_ONCE):
        some = np.array(mentees[start : start + _AT_ONCE], dtype=np.int64)
        fine = _fine(problem, some)
        suitable, free = fine.sum(axis=1).tolist(), (fine & _has_place(problem, some)).sum(axis=1).tolist()
        found += [_why(broken, *one) for one in zip(some.tolist(), suitable, free, strict=True)]
    return found


def cause_each(problem: RoundProblem, mentees: Sequence[int]) -> list[tuple[str, tuple[str, ...]]]:
    """Only the cause and the rules for each of several rows: nobody's mentors are counted once one was found."""
    rows, broken = np.array(mentees, dtype=np.int64), Broken(problem, mentees)
    free = _some_mentor(problem, rows, np.unique(problem.seats.mentor_rows), with_place=True)
    suitable = free.copy()
    suitable[~free] = _some_mentor(problem, rows[~free], np.arange(len(problem.pool.mentors)))
    found = [_why(broken, *one) for one in zip(mentees, suitable.tolist(), free.tolist(), strict=True)]
    return [(one.cause, one.rules) for one in found]


def _some_mentor(problem: RoundProblem, mentees: I64, mentors: I64, *, with_place: bool = False) -> Flags:
    """(mentees,): who has one among these mentors that breaks no rule; first a few mentors are tried, then all."""
    found = np.zeros(len(mentees), dtype=np.bool_)
    for some in np.split(mentors, _FIRST_TRIED):
        left = np.flatnonzero(~found)
        for start in range(0, len(left), _AT_ONCE):
            rows = left[start : start + _AT_ONCE]
            fine = _fine(problem, mentees[rows], some)
            found[rows] = (fine & _has_place(problem, mentees[rows])[:, some] if with_place else fine).any(axis=1)
    return found


def _why(broken: Broken, mentee: int, suitable: int, free: int) -> WhyUnmatched:
    if suitable:
        cause = SHORTAGE if free else CAPACITY
        return WhyUnmatched(cause=cause, rules=(PLACES,), suitable=suitable, free=free)
    return _ruled_out(broken.sets(mentee))


def _fine(problem: RoundProblem, mentees: I64, mentors: I64 | None = None) -> Flags:
    """(mentees, mentors): which of some mentors, or of all, break no rule for which of these rows."""
    book = problem.weighted_pool.book
    some = np.arange(len(problem.pool.mentors)) if mentors is None else mentors
    fine = np.ones((len(mentees), len(some)), dtype=np.bool_)
    for any_rule in book.any_rules.values():
        fine &= any_rule.passes(mentees[:, np.newaxis], some)
    for word in book.all_rules:
        fine &= (word.mentee_mask[mentees, np.newaxis] & ~word.mentor_mask[some]) == 0
    for place, row in enumerate(mentees.tolist()):
        if row in book.excluded:
            fine[place] &= ~np.isin(some, list(book.excluded[row]))
    return fine & problem.weighted_pool.allowed(mentees[:, np.newaxis], some[np.newaxis, :])


def _ruled_out(counts: Sets) -> WhyUnmatched:
    ways = _ways(counts)
    if not ways:
        return WhyUnmatched(cause=NEVER_POSSIBLE, rules=_fixed(counts), suitable=0, free=0)
    first = ways[0]
    if not first.own:
        return WhyUnmatched(cause=CAPACITY, rules=first.awaits, suitable=0, free=0)
    alike = [one for one in ways if len(one.own) == len(first.own) and one.awaits == first.awaits][:3]
    opening = () if QUALITY_FLOOR in first.awaits else alike  # where the floor stays, letting go of a wish opens nobody
    return WhyUnmatched(
        cause=HARD_RULE,
        rules=first.own + first.awaits,
        suitable=0,
        free=0,
        relaxations=tuple(Relaxation(rules=one.own, mentors=one.mentors, awaits=one.awaits) for one in opening),
    )


def _fixed(counts: Sets) -> tuple[str, ...]:
    """What nobody in the pool passes, once everything is left out that somebody or time can change."""
    fixed = Counter[tuple[str, ...]]()
    for rules, n in counts.items():
        fixed[tuple(rule for rule in rules if not is_own(rule) and rule not in _AWAITED)] += n
    return min(fixed, key=lambda rules: (len(rules), -fixed[rules], rules), default=("no_mentors",))


@dataclass(frozen=True)
class _Way:
    """Rules that can all change, for so many mentors: wishes of the person's own, and what is awaited besides."""

    own: tuple[str, ...]
    awaits: tuple[str, ...]
    mentors: int

    def order(self) -> tuple[object, ...]:
        """What the person can do alone comes first, then what comes by itself, then both; the fewest, the most."""
        both = bool(self.own and self.awaits)
        return (both, not self.own, QUALITY_FLOOR in self.awaits, len(self.own + self.awaits), -self.mentors, self.own)


def _ways(counts: Sets) -> list[_Way]:
    found, wishes = [], set(filter(is_own, {rule for rules in counts for rule in rules}))
    for rules, mentors in counts.items():
        own, rest = tuple(rule for rule in rules if rule in wishes), tuple(rule for rule in rules if rule not in wishes)
        if all(rule in _AWAITED for rule in rest):
            found.append(_Way(own, rest, mentors))
    return sorted(found, key=_Way.order)


def _has_place(problem: RoundProblem, mentees: I64) -> Flags:
    """(mentees, mentors): who has a place for what these rows ask for."""
    open_to, shape_of = problem.seats.open_to, problem.pool.shape_of
    return np.array([open_to[shape_of[row]] for row in mentees.tolist()], dtype=np.bool_)
