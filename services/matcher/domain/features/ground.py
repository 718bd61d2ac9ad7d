"""What weights do not change about a pool: coded answers, standing rules, seats. Shared by every what-if over it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.matcher.domain.arrays import I32, U64
from services.matcher.domain.assignment import TieBreak
from services.matcher.domain.features.budget import matters
from services.matcher.domain.features.coded import ByTable, Coded, for_mentors
from services.matcher.domain.features.objective import tie_keys
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.registry import criteria
from services.matcher.domain.features.rules import RuleBook, standing_rules
from services.matcher.domain.features.scaled import bits_as_table
from services.matcher.domain.features.seats import Seats, cut_seats
from services.matcher.domain.features.tables import distinct
from services.matcher.domain.people import Pair


@dataclass(frozen=True)
class Ground:
    """Good for the same people at the same instant, with the same blocks and closeness tables, whatever the weights."""

    coded: Mapping[str, Coded]  # columns are mentors
    by_seat: Mapping[str, Coded]  # columns are seats
    standing: RuleBook
    seats: Seats
    tie_break: TieBreak  # mentees and seats
    kinds: tuple[frozenset[str], ...]  # the distinct sets of what matters most
    kind_codes: I32  # (M,)


def lay_ground(pool: Pool, blocks: frozenset[Pair] = frozenset()) -> Ground:
    """Code everybody once."""
    coded = {name: one.code(pool) for name, one in criteria().items()}
    seats = cut_seats(pool.mentors)
    kinds, kind_codes = distinct([matters(mentee) for mentee in pool.mentees])
    return Ground(
        coded=coded,
        by_seat={name: _small(for_mentors(one, seats.mentor_rows)) for name, one in coded.items()},
        standing=standing_rules(pool, blocks),
        seats=seats,
        tie_break=TieBreak(tie_keys([one.id for one in pool.mentees]), _seat_keys(pool, seats)),
        kinds=tuple(kinds),
        kind_codes=kind_codes,
    )


def _small(coded: Coded) -> Coded:
    """Bits that few people set differently are quicker as a table."""
    table = None if isinstance(coded, ByTable) else bits_as_table(coded)
    return coded if table is None else ByTable(*table)


def _seat_keys(pool: Pool, seats: Seats) -> U64:
    ids = [pool.mentors[row].id for row in seats.mentor_rows]
    return tie_keys([f"{name}/{mask}" for name, mask in zip(ids, seats.masks, strict=True)])
