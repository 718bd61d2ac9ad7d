"""The hard rules of a round, each by name: what the kernel's masks are made of, and what reasons point at.

Always there: ``ready`` (approved, trained, not paused), ``request_shape`` (the mentor takes such requests),
``cleared`` (for a minor), ``must:<criterion>`` for each condition of the mentee, and ``excluded`` (earlier tries,
blocks, oneself). Besides, every criterion whose mode is hard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from services.matcher.solver.arrays import U64, AnyArray

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class HasAllBits:
    """A pair passes when the mentor has every bit the mentee asks for; ``names[b]`` says what bit b asks."""

    mentee_mask: U64  # (M,)
    mentor_mask: U64  # (N,)
    names: tuple[str, ...]


@dataclass(frozen=True)
class RuleBook:
    """The rules over M mentees and N mentors (not seats): ``any_rules`` by name, ``all_rules`` 64 conditions each."""

    any_rules: Mapping[str, SharesABit]
    all_rules: tuple[HasAllBits, ...]
    excluded: Mapping[int, frozenset[int]]  # mentee row: mentor rows

    def broken(self, mentee: int, mentors: AnyArray) -> dict[str, Flags]:
        """For one mentee, per rule, which of the mentors (rows) break it; rules that none breaks are left out."""
        found: dict[str, Flags] = {}
        for name, rule in self.any_rules.items():
            found[name] = ~rule.passes(np.array(mentee), mentors)
        for word in self.all_rules:
            missing = word.mentee_mask[mentee] & ~word.mentor_mask[mentors]
            for bit, name in enumerate(word.names):
                flags = (missing >> np.uint64(bit)) & np.uint64(1) != 0
                found[name] = found[name] | flags if name in found else flags
        if mentee in self.excluded:
            found["excluded"] = np.isin(mentors, list(self.excluded[mentee]))
        return {name: flags for name, flags in found.items() if flags.any()}


def standing_rules(pool: Pool, blocks: frozenset[Pair]) -> RuleBook:
    """The rules that are there whatever the weights."""
    any_rules = {
        "ready": one_word(np.ones(len(pool.mentees), dtype=np.uint64), masks(pool.mentors_say(_ready))),
        "request_shape": one_word(
            masks(pool.mentees_say(_shape_asked)),
            masks(pool.mentors_say(_shapes_taken)),
        ),
    }
    return RuleBook(any_rules, tuple(_conditions(pool)), _excluded(pool, blocks))


def with_hard(standing: RuleBook, hard: Mapping[str, SharesABit]) -> RuleBook:
    """The same rules and the criteria whose mode is hard, by name, each as its ``hard_rule``."""
    return replace(standing, any_rules={**standing.any_rules, **hard})


def hard_rule(coded: EncodedCriterion) -> SharesABit:
    """A criterion as a rule: its own, or at least ``hard_from`` points as masks."""
    if coded.rule is not None:
        return coded.rule
    if isinstance(coded, ByBits):
        if _one_bit_is_enough(coded):
            return SharesABit(coded.mentee_bits, coded.mentor_bits)
        coded = as_table(coded)
    return rule_of_codes(coded.table >= coded.hard_from, coded.mentee_codes, coded.mentor_codes)


def _one_bit_is_enough(coded: ByBits) -> bool:
    """Whether enough points and a shared bit are the same, for every mentee."""
    enough = coded.curve >= coded.hard_from
    return bool(enough[:, 1:].all() and not enough[:, 0].any())


def _conditions(pool: Pool) -> list[HasAllBits]:
    """Clearance for minors and the mentees' musts, 64 to a word."""
    asked = pool.mentees_say(_conditions_of)
    every = [CLEARED, *sorted({want for wanted in set(asked) for want in wanted} - {CLEARED})]
    return [_word(pool, every[start : start + 64], asked) for start in range(0, len(every), 64)]


def _word(pool: Pool, word: list[Want], asked: list[tuple[Want, ...]]) -> HasAllBits:
    distinct_asks, codes = distinct(asked)
    mentee_masks = masks([_bits([want in wanted for want in word]) for wanted in distinct_asks])[codes]
    mentor_masks = np.zeros(len(pool.mentors), dtype=np.uint64)
    for bit, want in enumerate(word):
        mentor_masks |= masks(_who_has(pool, want)) << np.uint64(bit)
    return HasAllBits(mentee_masks, mentor_masks, tuple(map(rule_of, word)))


def _who_has(pool: Pool, want: Want) -> list[bool]:
    return pool.mentors_say(lambda mentor, _day: has(mentor, want, pool), key=(has, want))


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


def _excluded(pool: Pool, blocks: frozenset[Pair]) -> Mapping[int, frozenset[int]]:
    """Blocked pairs, mentors of earlier tries, and oneself for who is both mentee and mentor."""
    row_of = {mentor.id: row for row, mentor in enumerate(pool.mentors)}
    blocked: dict[str, set[str]] = {}
    for mentee_id, mentor_id in blocks:
        blocked.setdefault(mentee_id, set()).add(mentor_id)
    found = {
        row: frozenset(row_of[other] for other in {*one.excluded, *blocked.get(one.id, ()), one.id} if other in row_of)
        for row, one in enumerate(pool.mentees)
        if one.excluded or one.id in blocked or one.id in row_of
    }
    return {row: rows for row, rows in found.items() if rows}
