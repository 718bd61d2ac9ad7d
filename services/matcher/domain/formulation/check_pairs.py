"""Which of many pairs pass every rule, at once: for pairs that were made before and are looked at again."""

import numpy as np

from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.solver.arrays import I64


def passing(weighted_pool: WeightedPool, mentees: I64, mentors: I64, *, floor: bool = True) -> Flags:
    """Whether pairs given by rows (arrays of the same length) break no rule; ``floor`` counts the quality floor."""
    book = weighted_pool.book
    fine = np.ones(len(mentees), dtype=np.bool_)
    for any_rule in book.any_rules.values():
        fine &= any_rule.passes(mentees, mentors)
    for word in book.all_rules:
        fine &= (word.mentee_mask[mentees] & ~word.mentor_mask[mentors]) == 0
    if floor:
        fine &= weighted_pool.allowed(mentees, mentors)
    for at in np.flatnonzero(np.isin(mentees, list(book.excluded))).tolist():
        fine[at] &= int(mentors[at]) not in book.excluded[int(mentees[at])]
    return fine
