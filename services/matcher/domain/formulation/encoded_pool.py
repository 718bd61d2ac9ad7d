"""The part of a pool that does not depend on weights: encoded answers, rules, capacity, waits. What-ifs share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.matcher.domain.candidates import Mentee, Mentor, Pair, cached_per_person
from services.matcher.domain.criteria.encoding import ByTable, EncodedCriterion, for_mentors
from services.matcher.domain.criteria.lookup_tables import distinct
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.criteria.score_scaling import as_small_table
from services.matcher.domain.criteria.weight_shares import boosts, matters
from services.matcher.domain.formulation.objective import tie_key, tie_keys
from services.matcher.domain.formulation.priority import Waits, waits_of
from services.matcher.domain.formulation.unsent_proposals import unsent_tables
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses, capacity_classes
from services.matcher.domain.hard_rules.rule_book import Flags, RuleBook, standing_rules
from services.matcher.solver.arrays import I32, U64
from services.matcher.solver.assignment import TieBreak


@dataclass(frozen=True)
class EncodedPool:
    """M mentees, N mentors, C criteria in display order, and the K capacity classes that are the solver's columns.

    Valid for the same people, instant, blocks and closeness tables, whatever the weights.
    """

    coded: Mapping[str, EncodedCriterion]  # C, points of 0 to 100 over mentors (N)
    by_column: Mapping[str, EncodedCriterion]  # C, the same over capacity classes (K)
    standing: RuleBook  # the rules that do not depend on weights, over mentors (N)
    seats: CapacityClasses  # K
    tie_break: TieBreak  # fixed numbers of mentees (M) and capacity classes (K)
    boosted: Flags  # (kinds, C) the distinct sets of what matters most
    kind_codes: I32  # (M,) each mentee's set
    waits: Waits  # (M,) waiting times in microseconds, lanes, points of priority
    unsent: tuple[ByTable, ...]  # over capacity classes (K): one point for each unsent proposal that is made again


def encode_pool(pool: Pool, blocks: frozenset[Pair] = frozenset()) -> EncodedPool:
    """Encode the people, rules and capacity of a pool."""
    coded = {name: criterion.code(pool) for name, criterion in criteria().items()}
    classes = capacity_classes(pool.mentors)
    kinds, kind_codes = distinct(pool.mentees_say(_matters))
    return EncodedPool(
        coded=coded,
        by_column={
            name: as_small_table(for_mentors(criterion, classes.mentor_rows)) for name, criterion in coded.items()
        },
        standing=standing_rules(pool, blocks),
        seats=classes,
        tie_break=TieBreak(_mentee_keys(pool.mentees), _column_keys(pool.mentors, classes)),
        boosted=boosts(kinds),
        kind_codes=kind_codes,
        waits=waits_of(pool.mentees, pool.at),
        unsent=unsent_tables(pool, classes),
    )


def _matters(mentee: Mentee, _day: date) -> frozenset[str]:
    return matters(mentee)


def _mentee_keys(mentees: Sequence[Mentee]) -> U64:
    return np.array([_key(mentee) for mentee in mentees], dtype=np.uint64)


@cached_per_person
def _key(mentee: Mentee) -> int:
    return tie_key(mentee.id)


def _column_keys(mentors: Sequence[Mentor], classes: CapacityClasses) -> U64:
    ids = [mentors[row].id for row in classes.mentor_rows]
    return tie_keys([f"{name}/{mask}" for name, mask in zip(ids, classes.masks, strict=True)])
