"""What weights do not change about a pool: coded answers, rules, seats, waits. Shared by every what-if over it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.matcher.domain.candidates import Mentee, Mentor, Pair, kept
from services.matcher.domain.criteria.encoding import ByTable, EncodedCriterion, SharesABit, for_mentors
from services.matcher.domain.criteria.lookup_tables import distinct
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.criteria.score_scaling import as_small_table
from services.matcher.domain.criteria.weight_shares import boosts, matters
from services.matcher.domain.formulation.objective import tie_key, tie_keys
from services.matcher.domain.formulation.priority import Waits, waits_of
from services.matcher.domain.formulation.unsent_proposals import held_tables
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses, capacity_classes
from services.matcher.domain.hard_rules.capacity_masks import CapacityMasks, capacity_masks
from services.matcher.domain.hard_rules.rule_book import Flags, RuleBook, hard_rule, standing_rules
from services.matcher.solver.arrays import I32, U64
from services.matcher.solver.assignment import TieBreak


@dataclass(frozen=True)
class EncodedPool:
    """Good for the same people at the same instant, with the same blocks and closeness tables, whatever the weights."""

    coded: Mapping[str, EncodedCriterion]  # columns are mentors
    by_seat: Mapping[str, EncodedCriterion]  # columns are seats
    hard: Mapping[str, SharesABit]  # each criterion as a rule
    standing: RuleBook
    masks: CapacityMasks
    seats: CapacityClasses
    tie_break: TieBreak  # mentees and seats
    boosted: Flags  # (K, C) the distinct sets of what matters most
    kind_codes: I32  # (M,)
    waits: Waits
    held: tuple[ByTable, ...]  # one point for a proposal that is kept


def encode_pool(pool: Pool, blocks: frozenset[Pair] = frozenset()) -> EncodedPool:
    """Code everybody once."""
    coded = {name: one.code(pool) for name, one in criteria().items()}
    seats = capacity_classes(pool.mentors)
    kinds, kind_codes = distinct(pool.mentees_say(_matters))
    hard = {name: hard_rule(one) for name, one in coded.items()}
    standing = standing_rules(pool, blocks)
    return EncodedPool(
        coded=coded,
        by_seat={name: as_small_table(for_mentors(one, seats.mentor_rows)) for name, one in coded.items()},
        hard=hard,
        standing=standing,
        masks=capacity_masks(standing, hard, seats),
        seats=seats,
        tie_break=TieBreak(_mentee_keys(pool.mentees), _seat_keys(pool.mentors, seats)),
        boosted=boosts(kinds),
        kind_codes=kind_codes,
        waits=waits_of(pool.mentees, pool.at),
        held=held_tables(pool, seats),
    )


def _matters(mentee: Mentee, _day: date) -> frozenset[str]:
    return matters(mentee)


def _mentee_keys(mentees: Sequence[Mentee]) -> U64:
    return np.array([_key(one) for one in mentees], dtype=np.uint64)


@kept
def _key(mentee: Mentee) -> int:
    return tie_key(mentee.id)


def _seat_keys(mentors: Sequence[Mentor], seats: CapacityClasses) -> U64:
    ids = [mentors[row].id for row in seats.mentor_rows]
    return tie_keys([f"{name}/{mask}" for name, mask in zip(ids, seats.masks, strict=True)])
