"""May these two meet? The single answer for arrays of pairs, and the rules that each pair breaks.

Rounds, re-checks, reasons, bottlenecks, preferences, alternates and pins all ask here. Pairs are rows of mentees and of
mentors that broadcast against each other: ``(P,)`` with ``(P,)`` for a list of pairs, ``(A, 1)`` with ``(B,)`` for all
pairs of two sides. Places are no rule of a pair: see ``capacity``.
"""

import numpy as np

from services.matcher.domain.hard_rules.rule_book import EXCLUDED, QUALITY_FLOOR, Flags, RuleBook
from services.matcher.solver.arrays import AnyArray


def check_pairs(rules: RuleBook, mentees: AnyArray, mentors: AnyArray) -> dict[str, Flags]:
    """Return, by rule, which pairs break it; rules that no pair breaks are left out."""
    broken = {name: ~rule.passes(mentees, mentors) for name, rule in rules.any_rules.items()}
    for word in rules.all_rules:
        for name, flags in word.broken(mentees, mentors):
            broken[name] = broken[name] | flags if name in broken else flags
    broken[EXCLUDED] = rules.excludes(mentees, mentors)
    if rules.floor is not None:
        broken[QUALITY_FLOOR] = ~rules.floor.passes(mentees, mentors)
    return {name: flags for name, flags in broken.items() if flags.any()}


def may_meet(rules: RuleBook, mentees: AnyArray, mentors: AnyArray) -> Flags:
    """Return whether pairs break no rule; quicker than ``check_pairs`` where nobody asks which one."""
    passed = ~rules.excludes(mentees, mentors)
    for rule in rules.any_rules.values():
        passed &= rule.passes(mentees, mentors)
    for word in rules.all_rules:
        passed &= word.passes(mentees, mentors)
    if rules.floor is not None:  # the slowest rule: only for pairs that pass all others
        rows, columns = np.broadcast_arrays(mentees, mentors)
        passed[passed] = rules.floor.passes(rows[passed], columns[passed])
    return passed
