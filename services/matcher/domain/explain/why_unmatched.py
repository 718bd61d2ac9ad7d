"""Why a mentee has no mentor: one cause, the rules that bind, and what the mentee could change.

A mentor who breaks no rule for the mentee is *suitable*. Where no mentor is, the smallest sets of broken rules are the
obstacle; sets made only of the mentee's own wishes are *relaxations*. Rules that time or the programme can change
(mentors who are not ready, the quality floor) make nothing impossible: the cause is then ``capacity``, or
``hard_rule`` beside a wish.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.explain.violated_rules import Broken, Sets
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.hard_rules.rule_book import QUALITY_FLOOR, Flags
from services.matcher.domain.weights import criteria_that
from services.matcher.solver.arrays import I64

SHORTAGE, CAPACITY, HARD_RULE, NEVER_POSSIBLE = "shortage", "capacity", "hard_rule", "never_possible"
_OWN_RULES = ("request_shape",)  # in addition to the criteria whose file sets ``own``
PLACES, READY = "places", "ready"
_AWAITED = (QUALITY_FLOOR, READY)  # changed by the programme, or by time
_SPLIT_AT = [32, 160]  # mentors are tried in three batches: most mentees have a suitable one in the first
_MENTEES_AT_ONCE = 256  # mentees per step, which takes a few megabytes


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """Wishes a mentee could drop together, and how many mentors that would open.

    ``awaits`` names the other rules that still exclude those mentors: ``("ready",)`` where they are not ready yet.
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
    """Return whether a rule is a wish of the mentee's own, which they can drop."""
    return rule.startswith("must:") or rule in _OWN_RULES or rule in criteria_that("own")


def awaited(rules: Iterable[str]) -> str:
    """Return what a mentee with the cause ``capacity`` waits for: ``quality_floor``, ``ready`` or ``places``."""
    return next((rule for rule in _AWAITED if rule in rules), PLACES)


def why_unmatched(weighted_pool: WeightedPool, mentee: int) -> WhyUnmatched:
    """Return why the mentee of this row has no mentor; valid only for mentees whom the round left waiting."""
    return why_each(weighted_pool, [mentee])[0]


def why_each(weighted_pool: WeightedPool, mentees: Sequence[int]) -> list[WhyUnmatched]:
    """Return why each of several mentees has no mentor; suitable mentors are counted for many mentees at a time."""
    reasons, broken = [], Broken(weighted_pool, mentees)
    for start in range(0, len(mentees), _MENTEES_AT_ONCE):
        rows = np.array(mentees[start : start + _MENTEES_AT_ONCE], dtype=np.int64)
        passed = may_meet(weighted_pool.rules, rows[:, np.newaxis], np.arange(len(weighted_pool.pool.mentors)))
        suitable, free = passed.sum(axis=1).tolist(), (passed & weighted_pool.has_place(rows)).sum(axis=1).tolist()
        reasons += [_why(broken, *counts) for counts in zip(rows.tolist(), suitable, free, strict=True)]
    return reasons


def cause_each(weighted_pool: WeightedPool, mentees: Sequence[int]) -> list[tuple[str, tuple[str, ...]]]:
    """Return only the cause and the rules of several mentees; the search ends at the first suitable mentor."""
    rows, broken = np.array(mentees, dtype=np.int64), Broken(weighted_pool, mentees)
    free = _has_mentor(weighted_pool, rows, np.unique(weighted_pool.seats.mentor_rows), with_place=True)
    suitable = free.copy()
    suitable[~free] = _has_mentor(weighted_pool, rows[~free], np.arange(len(weighted_pool.pool.mentors)))
    reasons = [_why(broken, *reason) for reason in zip(mentees, suitable.tolist(), free.tolist(), strict=True)]
    return [(reason.cause, reason.rules) for reason in reasons]


def _has_mentor(weighted_pool: WeightedPool, mentees: I64, mentors: I64, *, with_place: bool = False) -> Flags:
    """Return (mentees,) whether any of these mentors breaks no rule; a few mentors are tried first, then all."""
    matched = np.zeros(len(mentees), dtype=np.bool_)
    for batch in np.split(mentors, _SPLIT_AT):
        unmatched = np.flatnonzero(~matched)
        for start in range(0, len(unmatched), _MENTEES_AT_ONCE):
            rows = unmatched[start : start + _MENTEES_AT_ONCE]
            passed = may_meet(weighted_pool.rules, mentees[rows, np.newaxis], batch)
            if with_place:
                passed &= weighted_pool.has_place(mentees[rows])[:, batch]
            matched[rows] = passed.any(axis=1)
    return matched


def _why(broken: Broken, mentee: int, suitable: int, free: int) -> WhyUnmatched:
    if suitable:
        cause = SHORTAGE if free else CAPACITY
        return WhyUnmatched(cause=cause, rules=(PLACES,), suitable=suitable, free=free)
    return _ruled_out(broken.sets(mentee))


def _ruled_out(counts: Sets) -> WhyUnmatched:
    options = _options(counts)
    if not options:
        return WhyUnmatched(cause=NEVER_POSSIBLE, rules=_fixed(counts), suitable=0, free=0)
    first = options[0]
    if not first.own:
        return WhyUnmatched(cause=CAPACITY, rules=first.awaits, suitable=0, free=0)
    similar = [option for option in options if len(option.own) == len(first.own) and option.awaits == first.awaits][:3]
    offered = (
        () if QUALITY_FLOOR in first.awaits else similar
    )  # where the floor remains, dropping a wish opens no mentor
    return WhyUnmatched(
        cause=HARD_RULE,
        rules=first.own + first.awaits,
        suitable=0,
        free=0,
        relaxations=tuple(
            Relaxation(rules=option.own, mentors=option.mentors, awaits=option.awaits) for option in offered
        ),
    )


def _fixed(counts: Sets) -> tuple[str, ...]:
    """Return the smallest set of rules that excludes a mentor, without rules that the mentee or time can change."""
    fixed = Counter[tuple[str, ...]]()
    for rules, n in counts.items():
        fixed[tuple(rule for rule in rules if not is_own(rule) and rule not in _AWAITED)] += n
    return min(fixed, key=lambda rules: (len(rules), -fixed[rules], rules), default=("no_mentors",))


@dataclass(frozen=True)
class _Option:
    """A set of broken rules that can all change: own wishes and awaited rules; ``mentors`` break exactly these."""

    own: tuple[str, ...]
    awaits: tuple[str, ...]
    mentors: int

    def order(self) -> tuple[object, ...]:
        """Return the sort key: own wishes alone, awaited rules alone, both; then fewest rules, most mentors."""
        both = bool(self.own and self.awaits)
        return (both, not self.own, QUALITY_FLOOR in self.awaits, len(self.own + self.awaits), -self.mentors, self.own)


def _options(counts: Sets) -> list[_Option]:
    options, wishes = [], set(filter(is_own, {rule for rules in counts for rule in rules}))
    for rules, mentors in counts.items():
        own, rest = tuple(rule for rule in rules if rule in wishes), tuple(rule for rule in rules if rule not in wishes)
        if all(rule in _AWAITED for rule in rest):
            options.append(_Option(own, rest, mentors))
    return sorted(options, key=_Option.order)
