"""Rules for the solver: masks per mentee and per capacity class, built once for every possible rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.criteria.encoding import SharesABit
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses
from services.matcher.domain.hard_rules.rule_book import RuleBook
from services.matcher.solver.arrays import I64, U64
from services.matcher.solver.eligibility import BitRules

_SHAPE = "request_shape"


@dataclass(frozen=True)
class CapacityMasks:
    """Rules by name over M mentees and K capacity classes: ``standing`` always apply, ``hard`` by the weights."""

    standing: Mapping[str, SharesABit]  # the first is the request shape: what each class takes
    hard: Mapping[str, SharesABit]
    all_mentee: U64  # (S, M)
    all_class: U64  # (S, K)
    excluded: I64  # (E, 2) mentee rows and columns

    def rules(self, hard: Iterable[str]) -> BitRules:
        """Return the solver's rules with these criteria as hard rules; the first "any" rule is the request shape."""
        chosen = [*self.standing.values(), *(self.hard[name] for name in hard)]
        return BitRules(
            any_mentee=np.concatenate([rule.mentee_mask for rule in chosen]),
            any_mentor=np.concatenate([rule.mentor_mask for rule in chosen]),
            all_mentee=self.all_mentee,
            all_mentor=self.all_class,
            excluded=self.excluded,
            any_words=np.array([len(rule.mentee_mask) for rule in chosen], dtype=np.int64),
        )


def capacity_masks(standing: RuleBook, hard: Mapping[str, SharesABit], classes: CapacityClasses) -> CapacityMasks:
    """Return the masks of mentees, and for each capacity class those of its mentor."""
    at = classes.mentor_rows
    shapes = SharesABit(standing.any_rules[_SHAPE].mentee_mask, classes.masks[np.newaxis])
    others = {name: _by_column(rule, at) for name, rule in standing.any_rules.items() if name != _SHAPE}
    return CapacityMasks(
        standing={_SHAPE: shapes, **others},
        hard={name: _by_column(rule, at) for name, rule in hard.items()},
        all_mentee=np.array([word.mentee_mask for word in standing.all_rules], dtype=np.uint64),
        all_class=np.array([word.mentor_mask[at] for word in standing.all_rules], dtype=np.uint64),
        excluded=_excluded(standing.excluded, at),
    )


def _by_column(rule: SharesABit, mentor_rows: I64) -> SharesABit:
    return SharesABit(rule.mentee_mask, rule.mentor_mask[:, mentor_rows])


def _excluded(excluded: Mapping[int, frozenset[int]], mentor_rows: I64) -> I64:
    columns_of: dict[int, list[int]] = {}
    for column, row in enumerate(mentor_rows.tolist()):
        columns_of.setdefault(row, []).append(column)
    pairs = [(i, column) for i, rows in excluded.items() for j in sorted(rows) for column in columns_of.get(j, ())]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
