"""Check many pairs against every rule at once, such as pairs that were made before."""

import numpy as np

from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.solver.arrays import I64


def passing(weighted_pool: WeightedPool, mentees: I64, mentors: I64, *, floor: bool = True) -> Flags:
    """Return whether pairs by rows (arrays of the same length) break no rule; ``floor`` includes the quality floor."""
    book = weighted_pool.book
    passed = np.ones(len(mentees), dtype=np.bool_)
    for any_rule in book.any_rules.values():
        passed &= any_rule.passes(mentees, mentors)
    for word in book.all_rules:
        passed &= (word.mentee_mask[mentees] & ~word.mentor_mask[mentors]) == 0
    if floor:
        passed &= weighted_pool.allowed(mentees, mentors)
    for place in np.flatnonzero(np.isin(mentees, list(book.excluded))).tolist():
        passed[place] &= int(mentors[place]) not in book.excluded[int(mentees[place])]
    return passed
