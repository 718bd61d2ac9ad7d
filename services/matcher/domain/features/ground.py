"""What weights do not change about a pool: coded answers, rules, seats, waits. Shared by every what-if over it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.matcher.domain.arrays import I32, U64
from services.matcher.domain.assignment import TieBreak
from services.matcher.domain.features.budget import boosts, matters
from services.matcher.domain.features.coded import AnyRule, ByTable, Coded, for_mentors
from services.matcher.domain.features.held import held_tables
from services.matcher.domain.features.masks import SeatMasks, seat_masks
from services.matcher.domain.features.objective import tie_key, tie_keys
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.priority import Waits, waits_of
from services.matcher.domain.features.registry import criteria
from services.matcher.domain.features.rules import Flags, RuleBook, hard_rule, standing_rules
from services.matcher.domain.features.scaled import as_small_table
from services.matcher.domain.features.seats import Seats, cut_seats
from services.matcher.domain.features.tables import distinct
from services.matcher.domain.people import Mentee, Mentor, Pair, kept


@dataclass(frozen=True)
class Ground:
    """Good for the same people at the same instant, with the same blocks and closeness tables, whatever the weights."""

    coded: Mapping[str, Coded]  # columns are mentors
    by_seat: Mapping[str, Coded]  # columns are seats
    hard: Mapping[str, AnyRule]  # each criterion as a rule
    standing: RuleBook
    masks: SeatMasks
    seats: Seats
    tie_break: TieBreak  # mentees and seats
    boosted: Flags  # (K, C) the distinct sets of what matters most
    kind_codes: I32  # (M,)
    waits: Waits
    held: tuple[ByTable, ...]  # one point for a proposal that is kept


def lay_ground(pool: Pool, blocks: frozenset[Pair] = frozenset()) -> Ground:
    """Code everybody once."""
    coded = {name: one.code(pool) for name, one in criteria().items()}
    seats = cut_seats(pool.mentors)
    kinds, kind_codes = distinct(pool.mentees_say(_matters))
    hard = {name: hard_rule(one) for name, one in coded.items()}
    standing = standing_rules(pool, blocks)
    return Ground(
        coded=coded,
        by_seat={name: as_small_table(for_mentors(one, seats.mentor_rows)) for name, one in coded.items()},
        hard=hard,
        standing=standing,
        masks=seat_masks(standing, hard, seats),
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


def _seat_keys(mentors: Sequence[Mentor], seats: Seats) -> U64:
    ids = [mentors[row].id for row in seats.mentor_rows]
    return tie_keys([f"{name}/{mask}" for name, mask in zip(ids, seats.masks, strict=True)])
