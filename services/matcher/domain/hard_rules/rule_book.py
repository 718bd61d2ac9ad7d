"""The hard rules of a round by name: the source of the solver's rules, and the names that reasons use.

Standing rules: ``ready`` (approved, trained, not paused), ``request_shape`` (the mentor takes such requests),
``cleared`` (for a minor), ``must:<criterion>`` for each condition of the mentee, and ``excluded`` (earlier tries,
blocks, the same person). In addition, every criterion whose mode is hard, and ``quality_floor`` where there is one.
Which rules a pair breaks: ``check_pairs``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.criteria.encoding import ByBits, EncodedCriterion, SharesABit, one_word
from services.matcher.domain.criteria.lookup_tables import distinct, masks
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.score_scaling import as_table
from services.matcher.domain.criteria.shared_bits import rule_of_codes
from services.matcher.domain.hard_rules.capacity import accepted_shapes
from services.matcher.domain.hard_rules.capacity_classes import shape_mask
from services.matcher.domain.hard_rules.conditions import CLEARED, conditions_of, has, rule_of
from services.matcher.domain.hard_rules.musts import Want, ready
from services.matcher.solver.arrays import I64, U64, AnyArray

Flags = npt.NDArray[np.bool_]
EXCLUDED, QUALITY_FLOOR, REQUEST_SHAPE = "excluded", "quality_floor", "request_shape"


@dataclass(frozen=True)
class HasAllBits:
    """A pair passes when the mentor has every bit the mentee asks for; ``names[b]`` is the rule of bit b."""

    mentee_mask: U64  # (M,)
    mentor_mask: U64  # (N,)
    names: tuple[str, ...]

    def passes(self, mentees: AnyArray, mentors: AnyArray) -> Flags:
        """Return whether pairs given by rows pass (arrays broadcast against each other)."""
        passed: Flags = self._missing(mentees, mentors) == 0
        return passed

    def broken(self, mentees: AnyArray, mentors: AnyArray) -> Iterator[tuple[str, Flags]]:
        """Yield, for each bit, its rule and which pairs break it; bits of one rule come one by one."""
        missing = self._missing(mentees, mentors)
        for bit, name in enumerate(self.names):
            yield name, (missing >> np.uint64(bit)) & np.uint64(1) != 0

    def _missing(self, mentees: AnyArray, mentors: AnyArray) -> AnyArray:
        return self.mentee_mask[mentees] & ~self.mentor_mask[mentors]


@dataclass(frozen=True)
class FitAtLeast:
    """The quality floor: a pair passes when its ``fit`` (0 to 100,000, by rows) is at least ``least``."""

    fit: Callable[[AnyArray, AnyArray], I64]
    least: int

    def passes(self, mentees: AnyArray, mentors: AnyArray) -> Flags:
        """Return whether pairs given by rows pass (arrays broadcast against each other)."""
        passed: Flags = self.fit(mentees, mentors) >= self.least
        return passed


@dataclass(frozen=True)
class RuleBook:
    """The rules over M mentees and N mentors: ``any_rules`` by name, ``all_rules`` with 64 conditions each.

    ``excluded`` pairs never meet. ``floor`` is None where the programme has none.
    """

    any_rules: Mapping[str, SharesABit]
    all_rules: tuple[HasAllBits, ...] = ()
    excluded: I64 = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))  # (E, 2) mentee and mentor rows
    floor: FitAtLeast | None = None

    def with_hard(self, hard: Mapping[str, SharesABit], floor: FitAtLeast | None = None) -> "RuleBook":
        """Return the rules together with hard criteria, by name, each as its ``hard_rule``, and the quality floor."""
        return replace(self, any_rules={**self.any_rules, **hard}, floor=floor)

    def without_floor(self) -> "RuleBook":
        """Return the rules for a pair that an admin pinned: all but the quality floor."""
        return replace(self, floor=None)

    def excludes(self, mentees: AnyArray, mentors: AnyArray) -> Flags:
        """Return which pairs, given by rows, are excluded (arrays broadcast against each other)."""
        rows, columns = np.broadcast_arrays(mentees, mentors)
        flags = np.isin(mentees, self.excluded[:, 0]) & np.ones(rows.shape, dtype=np.bool_)
        if flags.any():
            width = int(max(self.excluded[:, 1].max(), columns.max())) + 1
            flags[flags] = np.isin(rows[flags] * width + columns[flags], self.excluded @ np.array([width, 1]))
        return flags


def standing_rules(pool: Pool, blocks: frozenset[Pair]) -> RuleBook:
    """Return the rules that do not depend on weights."""
    any_rules = {
        "ready": one_word(np.ones(len(pool.mentees), dtype=np.uint64), masks(pool.mentor_answers(_ready))),
        REQUEST_SHAPE: one_word(
            masks(pool.mentee_answers(_shape_asked)),
            masks(pool.mentor_answers(_shapes_taken)),
        ),
    }
    return RuleBook(any_rules, tuple(_conditions(pool)), _excluded(pool, blocks))


def hard_rule(coded: EncodedCriterion) -> SharesABit:
    """Return a criterion as a rule: its own rule, or else at least ``hard_from`` points, as masks."""
    if coded.rule is not None:
        return coded.rule
    if isinstance(coded, ByBits):
        if _one_bit_is_enough(coded):
            return SharesABit(coded.mentee_bits, coded.mentor_bits)
        coded = as_table(coded)
    return rule_of_codes(coded.table >= coded.hard_from, coded.mentee_codes, coded.mentor_codes)


def _one_bit_is_enough(coded: ByBits) -> bool:
    """Return whether having ``hard_from`` points is equivalent to sharing a bit, for every mentee."""
    enough = coded.curve >= coded.hard_from
    return bool(enough[:, 1:].all() and not enough[:, 0].any())


def _conditions(pool: Pool) -> list[HasAllBits]:
    """Return clearance for minors and the mentees' musts, 64 to a word."""
    asked = pool.mentee_answers(_conditions_of)
    every = [CLEARED, *sorted({want for wanted in set(asked) for want in wanted} - {CLEARED})]
    return [_word(pool, every[start : start + 64], asked) for start in range(0, len(every), 64)]


def _word(pool: Pool, word: list[Want], asked: list[tuple[Want, ...]]) -> HasAllBits:
    distinct_asks, codes = distinct(asked)
    mentee_masks = masks([_bits([want in wanted for want in word]) for wanted in distinct_asks])[codes]
    mentor_masks = np.zeros(len(pool.mentors), dtype=np.uint64)
    for bit, want in enumerate(word):
        mentor_masks |= masks(_mentors_with(pool, want)) << np.uint64(bit)
    return HasAllBits(mentee_masks, mentor_masks, tuple(map(rule_of, word)))


def _mentors_with(pool: Pool, want: Want) -> list[bool]:
    return pool.mentor_answers(lambda mentor, _day: has(mentor, want), key=(has, want))


def _ready(mentor: Mentor, day: date) -> bool:
    return ready(mentor, day)


def _shape_asked(mentee: Mentee, _day: date) -> int:
    return shape_mask(frozenset([mentee.facts.request_shape]))


def _shapes_taken(mentor: Mentor, _day: date) -> int:
    return shape_mask(accepted_shapes(mentor))


def _conditions_of(mentee: Mentee, _day: date) -> tuple[Want, ...]:
    return conditions_of(mentee)


def _bits(flags: list[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def _excluded(pool: Pool, blocks: frozenset[Pair]) -> I64:
    """Return the pairs (E, 2), by rows, of blocks, of earlier tries, and of the same person."""
    row_of = {mentor.id: row for row, mentor in enumerate(pool.mentors)}
    blocked: dict[str, set[str]] = {}
    for mentee_id, mentor_id in blocks:
        blocked.setdefault(mentee_id, set()).add(mentor_id)
    pairs = [
        (row, row_of[other])
        for row, mentee in enumerate(pool.mentees)
        if mentee.excluded or mentee.id in blocked or mentee.id in row_of
        for other in {*mentee.excluded, *blocked.get(mentee.id, ()), mentee.id}
        if other in row_of
    ]
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
