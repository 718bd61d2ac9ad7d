"""Rules for the solver: the same masks as in the rule book, per mentee and per capacity class."""

import numpy as np

from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses
from services.matcher.domain.hard_rules.rule_book import REQUEST_SHAPE, RuleBook
from services.matcher.solver.arrays import I64
from services.matcher.solver.eligibility import BitRules


def solver_rules(rules: RuleBook, classes: CapacityClasses) -> BitRules:
    """Return the rules over M mentees and K capacity classes; each class has its mentor's masks and its own shapes.

    The quality floor is not among them: the solver has it as the least score of a pair.
    """
    rows = classes.mentor_rows
    masks = {name: (rule.mentee_mask, rule.mentor_mask[:, rows]) for name, rule in rules.any_rules.items()}
    masks[REQUEST_SHAPE] = rules.any_rules[REQUEST_SHAPE].mentee_mask, classes.masks[np.newaxis]
    mentees, columns = zip(*masks.values(), strict=True)
    return BitRules(
        any_mentee=np.concatenate(mentees),
        any_mentor=np.concatenate(columns),
        all_mentee=np.array([word.mentee_mask for word in rules.all_rules], dtype=np.uint64),
        all_mentor=np.array([word.mentor_mask[rows] for word in rules.all_rules], dtype=np.uint64),
        excluded=_by_class(rules.excluded, rows),
        any_words=np.array([len(words) for words in mentees], dtype=np.int64),
    )


def _by_class(excluded: I64, mentor_rows: I64) -> I64:
    """Return excluded pairs (mentee, mentor) as pairs of mentees and all capacity classes (K,) of the mentor."""
    first, last = (np.searchsorted(mentor_rows, excluded[:, 1], side=side) for side in ("left", "right"))
    counts = last - first
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.stack([np.repeat(excluded[:, 0], counts), np.repeat(first, counts) + steps], axis=1)
