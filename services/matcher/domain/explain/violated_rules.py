"""Which sets of rules keep the mentors of a pool from one person, and how many mentors each set keeps away.

A must may bend the criterion of its name: who asks for a parent is not looked at any more as who lives with diabetes
themselves. Where that must is broken, the criterion is read as if the must were gone: only so is it true what letting
go of the must would open. The quality floor counts beside other rules too, since it stays when they are let go of.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.formulation.round_problem import RoundProblem
from services.matcher.domain.formulation.weighted_pool import QUALITY_FLOOR
from services.matcher.domain.hard_rules.musts import BENDS
from services.matcher.domain.hard_rules.rule_book import Flags, RuleBook, hard_rule, with_hard

Sets = Counter[tuple[str, ...]]
_AT_ONCE = 30  # rules, a bit each, beside the number of a mentor


class Broken:
    """Reads the broken rules of people of a pool."""

    def __init__(self, problem: RoundProblem, mentees: Sequence[int]) -> None:
        """Be ready for these rows."""
        self._problem = problem
        self._bent = [name for name in BENDS if name in problem.weighted_pool.hard]
        people = problem.pool.mentees
        bend = [row for row in mentees if any(one.criterion in self._bent for one in people[row].facts.musts)]
        self._place = {row: place for place, row in enumerate(bend)}

    def sets(self, mentee: int) -> Sets:
        """How many mentors break which rules for this person, the sets in the order of their first mentor."""
        broken = self._by_rule(mentee)
        names = sorted(broken)
        if not names:
            return Counter()
        packed = np.zeros(len(self._problem.pool.mentors), dtype=np.int64)
        for start in range(0, len(names), _AT_ONCE):
            for name in names[start : start + _AT_ONCE]:
                packed = 2 * packed + broken[name]
            _, packed = np.unique(packed, return_inverse=True)  # small numbers again, for the next rules
        _, first, counts = np.unique(packed, return_index=True, return_counts=True)
        order = np.argsort(first)
        return Counter(
            {
                tuple(name for name in names if broken[name][mentor]): count
                for mentor, count in zip(first[order].tolist(), counts[order].tolist(), strict=True)
            }
        )

    def _by_rule(self, mentee: int) -> dict[str, Flags]:
        weighted_pool, every = self._problem.weighted_pool, np.arange(len(self._problem.pool.mentors))
        broken = weighted_pool.book.broken(mentee, every)
        none = np.zeros(len(every), dtype=np.bool_)
        bends = none.copy()
        if mentee in self._place:
            plain = self._unbent.broken(self._place[mentee], every)
            for name in self._bent:
                asked = broken.get(f"must:{name}", none)
                broken[name] = np.where(asked, plain.get(name, none), broken.get(name, none))
                bends |= asked
        floor = self._problem.pool.weights.quality_floor
        if floor:  # how well a pair would fit whose points a broken must bends is not known, and nothing is claimed
            fit = weighted_pool.pairs.fit(np.full(len(every), mentee), every)
            broken[QUALITY_FLOOR] = (fit < floor * 1000) & ~bends
        return {name: flags for name, flags in broken.items() if flags.any()}

    @cached_property
    def _unbent(self) -> RuleBook:
        """The bent criteria as if nobody bent them: only for those who do, and once somebody needs it."""
        pool = self._problem.pool
        freed = Pool(tuple(_freed(pool.mentees[row]) for row in self._place), pool.mentors, pool.at, pool.weights)
        coded = {name: criteria()[name].code(freed) for name in self._bent}
        return with_hard(RuleBook({}, (), {}), {name: hard_rule(one) for name, one in coded.items()})


def _freed(mentee: Mentee) -> Mentee:
    musts = tuple(one for one in mentee.facts.musts if one.criterion not in BENDS)
    return replace(mentee, facts=replace(mentee.facts, musts=musts))
