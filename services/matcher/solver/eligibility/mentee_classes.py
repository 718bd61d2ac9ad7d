"""Group mentees into classes: evaluate each rule once per class instead of once per pair.

A mentee class is one combination of masks. Real pools have far fewer classes than people. For each mask of each rule
the mentors that satisfy it are one row of bits, so the mentors of a class are the AND of a few rows.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..arrays import I64, U64
from .bit_rules import BitRules

TABLE_SIZE = 1 << 20  # smaller numbers are made distinct with a table instead of sorting
AT_ONCE = 1 << 22  # mask comparisons (mentee masks times mentors) at once: some megabytes
Numbers = TypeVar("Numbers", U64, I64)


@dataclass(frozen=True)
class MenteeClasses:
    """The class of each mentee, and the mentors that each class may meet, as bits.

    Mentors are reordered so that those with equal masks are neighbours and the mentors of a class lie in few blocks;
    position p of that order is mentor row ``mentor_order[p]``.
    """

    class_of: I64  # (M,) class of each mentee
    rows: I64  # (K, R + S) row of ``bits`` for each class and rule
    bits: U64  # (B, W) little-endian bit p of a row: the mentor at position p meets the rule
    mentor_order: I64  # (N,)
    excluded_start: I64  # (M + 1,) exclusions of each mentee
    excluded: I64  # mentor positions

    @property
    def count(self) -> int:
        """K, the number of classes."""
        return len(self.rows)

    def positions_of(self, mentee_class: int) -> I64:
        """Return the positions of the mentors that a class may meet, ascending, before exclusions."""
        mentors = len(self.mentor_order)
        if not self.rows.shape[1]:
            return np.arange(mentors)
        word = np.bitwise_and.reduce(self.bits[self.rows[mentee_class]], axis=0)
        return np.flatnonzero(np.unpackbits(word.view(np.uint8), bitorder="little", count=mentors))


def mentee_classes(rules: BitRules) -> MenteeClasses:
    """Group mentees into classes by checked rules: O(M log M) per rule, O(masks x mentor masks) for the bits."""
    masks = [(mentee, mentor, False) for mentee, mentor in rules.any_rules()]
    every = zip(rules.all_mentee[:, np.newaxis], rules.all_mentor[:, np.newaxis], strict=True)
    masks += [(mentee, mentor, True) for mentee, mentor in every]
    offered = [_distinct_masks(mentor) for _, mentor, _ in masks]
    order = _side_by_side([label for _, label in offered], rules.mentors)
    labels, bits, offset = [], [np.zeros((0, words_for(rules.mentors)), np.uint64)], 0
    for (mentee, _, must_have_all), (values, mentor_label) in zip(masks, offered, strict=True):
        asked, label = _distinct_masks(mentee)
        row = _bits(asked, values, mentor_label[order], must_have_all=must_have_all)
        labels.append(label + offset)
        bits.append(row)
        offset += len(row)
    class_of, first = _combined(labels, rules.mentees)
    rows = np.array(labels, dtype=np.int64).reshape(len(labels), rules.mentees)[:, first].T
    start, excluded = _exclusions(rules, order)
    return MenteeClasses(class_of, np.ascontiguousarray(rows), np.concatenate(bits), order, start, excluded)


def words_for(mentors: int) -> int:
    """Return how many 64-bit words hold a bit per mentor."""
    return -(-mentors // 64)


def _side_by_side(labels: list[I64], mentors: int) -> I64:
    """Order mentors so that those with equal masks are neighbours; rules with the most masks are the first keys."""
    if not labels:
        return np.arange(mentors)
    return np.lexsort(sorted(labels, key=lambda label: int(label.max(initial=0)))).astype(np.int64)


def _bits(asked: U64, offered: U64, mentor_label: I64, *, must_have_all: bool) -> U64:
    """Return bits (A, W): for each of the A distinct masks asked (words, A), the mentor positions that meet it."""
    mentors = len(mentor_label)
    bits = np.zeros((asked.shape[1], words_for(mentors)), np.uint64)
    step = max(1, AT_ONCE // max(1, mentors))
    for at in range(0, len(bits), step):
        part = asked[:, at : at + step, np.newaxis]
        both = [wanted & (~given if must_have_all else given) for wanted, given in zip(part, offered, strict=True)]
        shared = np.any([word != 0 for word in both], axis=0)
        padded = np.zeros((part.shape[1], 64 * bits.shape[1]), dtype=bool)
        padded[:, :mentors] = (~shared if must_have_all else shared)[:, mentor_label]
        bits[at : at + step] = np.packbits(padded, axis=1, bitorder="little").view(np.uint64)
    return bits


def _combined(labels: list[I64], mentees: int) -> tuple[I64, I64]:
    """Number the distinct combinations of labels; return each mentee's number and one mentee per number."""
    whole, count = np.zeros(mentees, np.int64), 1
    for label in labels:
        choices = int(label.max(initial=0)) + 1
        if count * choices > TABLE_SIZE:
            distinct, whole = _distinct(whole)  # renumbered, so that the combined number never overflows
            count = len(distinct)
        whole = whole * choices + label
        count *= choices
    distinct, whole = _distinct(whole)
    first = np.zeros(len(distinct), np.int64)
    first[whole] = np.arange(mentees)  # any mentee of the class
    return whole, first


def _distinct_masks(masks: U64) -> tuple[U64, I64]:
    """Return the distinct masks (words, D) of people (words, P), and the index of each person's mask."""
    if len(masks) == 1:
        values, label = _distinct(masks[0])
        return values[np.newaxis], label
    label, first = _combined([_distinct(word)[1] for word in masks], masks.shape[1])
    return masks[:, first], label


def _distinct(numbers: Numbers) -> tuple[Numbers, I64]:
    """Return the distinct numbers, ascending, and the index of each input number; with a table if they are small."""
    highest = int(numbers.max(initial=0))
    if highest >= min(TABLE_SIZE, 1024 + 8 * len(numbers)):
        distinct, index = np.unique(numbers, return_inverse=True)
        return distinct, index.astype(np.int64)
    at = numbers.astype(np.int64)
    known = np.zeros(highest + 1, bool)
    known[at] = True
    index_of = np.cumsum(known) - 1
    return np.flatnonzero(known[: highest + 1 if len(numbers) else 0]).astype(numbers.dtype), index_of[at]


def _exclusions(rules: BitRules, order: I64) -> tuple[I64, I64]:
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    pairs = np.unique(rules.excluded, axis=0).reshape(-1, 2)
    counts = np.bincount(pairs[:, 0], minlength=rules.mentees)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), position[pairs[:, 1]]
