"""The hard rules of a round, each by name: what the kernel's masks are made of, and what reasons point at.

Always there: ``ready`` (approved, trained, not paused), ``request_shape`` (the mentor takes such requests),
``cleared`` (for a minor), ``must:<criterion>`` for each condition of the mentee, and ``excluded`` (earlier tries,
blocks, oneself). Besides, every criterion whose mode is hard.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import U64, AnyArray
from services.matcher.domain.features.coded import AnyRule, Coded
from services.matcher.domain.features.musts import Want, meets, ready, wants
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.seats import accepted_shapes, shape_mask
from services.matcher.domain.features.tables import distinct, masks
from services.matcher.domain.people import Mentor

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AllRule:
    """A pair passes when the mentor has every bit the mentee asks for; ``names[b]`` says what bit b asks."""

    mentee_mask: U64  # (M,)
    mentor_mask: U64  # (N,)
    names: tuple[str, ...]


@dataclass(frozen=True)
class RuleBook:
    """The rules over M mentees and N mentors (not seats).

    ``any_rules`` by name; ``all_rules`` in words of 64 conditions; ``by_points`` are hard criteria that only their
    points decide (their masks, if any, let too many through).
    """

    any_rules: Mapping[str, AnyRule]
    all_rules: tuple[AllRule, ...]
    by_points: Mapping[str, Coded]
    excluded: frozenset[tuple[int, int]]  # (mentee row, mentor row)

    def broken(self, mentee: int, mentors: AnyArray) -> dict[str, Flags]:
        """For one mentee, per rule, which of the mentors (rows) break it; rules that none breaks are left out."""
        found: dict[str, Flags] = {}
        for name, rule in self.any_rules.items():
            found[name] = (rule.mentee_mask[mentee] & rule.mentor_mask[mentors]) == 0
        for word in self.all_rules:
            missing = word.mentee_mask[mentee] & ~word.mentor_mask[mentors]
            for bit, name in enumerate(word.names):
                flags = (missing >> np.uint64(bit)) & np.uint64(1) != 0
                found[name] = found[name] | flags if name in found else flags
        for name, coded in self.by_points.items():
            low = coded.points(np.array([mentee]), mentors) < coded.hard_from
            found[name] = found[name] | low if name in found else low
        found["excluded"] = np.array([(mentee, int(j)) in self.excluded for j in mentors], dtype=np.bool_)
        return {name: flags for name, flags in found.items() if flags.any()}


def rule_book(pool: Pool, hard: Mapping[str, Coded], blocked: frozenset[tuple[int, int]]) -> RuleBook:
    """Collect the rules; ``hard`` are the coded criteria whose mode is hard."""
    any_rules = {
        "ready": AnyRule(
            np.ones(len(pool.mentees), dtype=np.uint64), masks([int(ready(one, pool.at)) for one in pool.mentors])
        ),
        "request_shape": AnyRule(
            masks([shape_mask(frozenset([one.facts.request_shape])) for one in pool.mentees]),
            masks([shape_mask(accepted_shapes(one)) for one in pool.mentors]),
        ),
    }
    any_rules |= {name: coded.rule for name, coded in hard.items() if coded.rule is not None}
    by_points = {name: coded for name, coded in hard.items() if coded.rule is None or not coded.rule.exact}
    return RuleBook(any_rules, tuple(_conditions(pool)), by_points, blocked | _own_exclusions(pool))


def _conditions(pool: Pool) -> list[AllRule]:
    """Clearance for minors and the mentees' musts, 64 to a word."""
    minors: Want = ("cleared", ())
    asked = [(*wants(one), *([minors] if one.facts.minor else [])) for one in pool.mentees]
    every = [minors, *sorted({want for wanted in asked for want in wanted} - {minors})]
    return [_word(pool, every[start : start + 64], asked) for start in range(0, len(every), 64)]


def _word(pool: Pool, word: list[Want], asked: list[tuple[Want, ...]]) -> AllRule:
    distinct_asks, codes = distinct(asked)
    mentee_masks = masks([_bits([want in wanted for want in word]) for wanted in distinct_asks])[codes]
    mentor_masks = masks([_bits([_has(mentor, want, pool) for want in word]) for mentor in pool.mentors])
    return AllRule(mentee_masks, mentor_masks, tuple(want[0] if not want[1] else f"must:{want[0]}" for want in word))


def _has(mentor: Mentor, want: Want, pool: Pool) -> bool:
    return mentor.facts.cleared_for_minors if want[0] == "cleared" else meets(mentor, want, pool)


def _bits(flags: list[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def _own_exclusions(pool: Pool) -> frozenset[tuple[int, int]]:
    """Mentors of earlier tries, and oneself for who is both mentee and mentor."""
    row_of = {mentor.id: row for row, mentor in enumerate(pool.mentors)}
    return frozenset(
        (row, row_of[other])
        for row, mentee in enumerate(pool.mentees)
        for other in {*mentee.excluded, mentee.id}
        if other in row_of
    )
