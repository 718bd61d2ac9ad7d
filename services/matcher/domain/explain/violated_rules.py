"""The sets of rules that mentors of a pool break for one mentee, and how many mentors break each set.

A must may bend the criterion of its name: for a mentee who asks for a parent, the criterion compares with that wish
and no longer with their own relation. Where such a must is broken, the criterion is evaluated without the must, so that
the number of mentors that dropping the must would open is exact. The quality floor counts beside other rules, since it
still applies when they are dropped.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.check_pairs import check_pairs
from services.matcher.domain.hard_rules.musts import BENDS
from services.matcher.domain.hard_rules.rule_book import QUALITY_FLOOR, Flags, RuleBook, hard_rule

Sets = Counter[tuple[str, ...]]
_RULES_AT_ONCE = 30  # rules packed as bits below the code of the earlier rules


class Broken:
    """The broken rules of several mentees of a pool."""

    def __init__(self, weighted_pool: WeightedPool, mentees: Sequence[int]) -> None:
        """Prepare for these mentee rows."""
        self._weighted_pool = weighted_pool
        self._bent = [name for name in BENDS if name in weighted_pool.rules.any_rules]
        people = weighted_pool.pool.mentees
        bending = [row for row in mentees if any(must.criterion in self._bent for must in people[row].facts.musts)]
        self._place = {row: place for place, row in enumerate(bending)}

    def sets(self, mentee: int) -> Sets:
        """Return how many mentors break each set of rules for a mentee, in the order of each set's first mentor."""
        broken = self._by_rule(mentee)
        names = sorted(broken)
        if not names:
            return Counter()
        packed = np.zeros(len(self._weighted_pool.pool.mentors), dtype=np.int64)
        for start in range(0, len(names), _RULES_AT_ONCE):
            for name in names[start : start + _RULES_AT_ONCE]:
                packed = 2 * packed + broken[name]
            _, packed = np.unique(packed, return_inverse=True)  # compact codes again, to make room for the next rules
        _, first, counts = np.unique(packed, return_index=True, return_counts=True)
        order = np.argsort(first)
        return Counter(
            {
                tuple(name for name in names if broken[name][mentor]): count
                for mentor, count in zip(first[order].tolist(), counts[order].tolist(), strict=True)
            }
        )

    def _by_rule(self, mentee: int) -> dict[str, Flags]:
        every = np.arange(len(self._weighted_pool.pool.mentors))
        broken = check_pairs(self._weighted_pool.rules, np.array(mentee), every)
        if mentee not in self._place:
            return broken
        unbent = check_pairs(self._unbent, np.array(self._place[mentee]), every)
        none = np.zeros(len(every), dtype=np.bool_)
        for name in self._bent:
            bends = broken.get(f"must:{name}", none)
            broken[name] = np.where(bends, unbent.get(name, none), broken.get(name, none))
            if QUALITY_FLOOR in broken:  # the fit of a pair whose points a broken must bends is unknown
                broken[QUALITY_FLOOR] &= ~bends
        return {name: flags for name, flags in broken.items() if flags.any()}

    @cached_property
    def _unbent(self) -> RuleBook:
        """Return the bent criteria without the bending musts, for the mentees who have such musts."""
        pool = self._weighted_pool.pool
        freed = Pool(
            tuple(_without_bending_musts(pool.mentees[row]) for row in self._place), pool.mentors, pool.at, pool.weights
        )
        coded = {name: criteria()[name].code(freed) for name in self._bent}
        return RuleBook({name: hard_rule(encoded) for name, encoded in coded.items()})


def _without_bending_musts(mentee: Mentee) -> Mentee:
    musts = tuple(must for must in mentee.facts.musts if must.criterion not in BENDS)
    return replace(mentee, facts=replace(mentee.facts, musts=musts))
