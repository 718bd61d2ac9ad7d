"""People alike in the eyes of the rules: evaluate each rule once per kind instead of once per pair.

A kind is one combination of masks. Real pools have far fewer kinds than people, and for each mask of each rule the
mentors that satisfy it are one row of bits, so the mentors of a kind are the AND of a few rows.
"""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I64, U64
from services.matcher.domain.eligibility.rules import Rules


@dataclass(frozen=True)
class Kinds:
    """Mentees grouped by kind, and the bits that say which mentors each kind may meet."""

    order: I64  # (M,) mentee rows, kind by kind
    start: I64  # (K + 1,) kind k is order[start[k]:start[k + 1]]
    rows: I64  # (K, R + S) the row of `bits` for each rule
    bits: U64  # (B, W) little-endian bit j of a row: mentor j passes
    mentors: int
    excluded_start: I64  # (M + 1,) exclusions of each mentee
    excluded: I64  # mentor rows, ascending within a mentee

    @property
    def count(self) -> int:
        """K, the number of kinds."""
        return len(self.start) - 1

    def mentors_of(self, kind: int) -> I64:
        """Return the mentor rows that a kind may meet, ascending, before exclusions."""
        word = np.bitwise_and.reduce(self.bits[self.rows[kind]], axis=0, initial=np.uint64(2**64 - 1))
        return np.flatnonzero(np.unpackbits(word.view(np.uint8), bitorder="little", count=self.mentors))


def kinds_of(rules: Rules) -> Kinds:
    """Group mentees by kind; `rules` are checked. O(M log M) per rule and O(masks x mentor masks) for the bits."""
    labels, bits = [], []
    offset = 0
    for mentee, mentor in zip(rules.any_mentee, rules.any_mentor, strict=True):
        label, row = _passes(mentee, mentor, must_have_all=False)
        labels.append(label + offset)
        bits.append(row)
        offset += len(row)
    for mentee, mentor in zip(rules.all_mentee, rules.all_mentor, strict=True):
        label, row = _passes(mentee, mentor, must_have_all=True)
        labels.append(label + offset)
        bits.append(row)
        offset += len(row)
    words = -(-rules.mentors // 64)
    order, start = _grouped(labels, rules.mentees)
    first = order[start[:-1]]
    return Kinds(
        order=order,
        start=start,
        rows=np.ascontiguousarray(np.array(labels, dtype=np.int64).reshape(len(labels), -1)[:, first].T),
        bits=np.concatenate(bits) if bits else np.zeros((0, words), np.uint64),
        mentors=rules.mentors,
        **_exclusions(rules),
    )


def _passes(mentee: U64, mentor: U64, *, must_have_all: bool) -> tuple[I64, U64]:
    asked, label = np.unique(mentee, return_inverse=True)
    offered, mentor_label = np.unique(mentor, return_inverse=True)
    if must_have_all:
        passes = (asked[:, None] & ~offered[None, :]) == 0
    else:
        passes = (asked[:, None] & offered[None, :]) != 0
    padded = np.zeros((len(asked), -(-len(mentor) // 64) * 64), dtype=bool)
    padded[:, : len(mentor)] = passes[:, mentor_label]
    return label.astype(np.int64), np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


def _grouped(labels: list[I64], mentees: int) -> tuple[I64, I64]:
    whole = np.zeros(mentees, np.int64)
    for label in labels:
        # Join and renumber at once, so that the joined number never overflows.
        _, whole = np.unique(whole * (int(label.max(initial=0)) + 1) + label, return_inverse=True)
    order = np.argsort(whole, kind="stable")
    starts = np.flatnonzero(np.diff(whole[order], prepend=-1))
    return order.astype(np.int64), np.append(starts, mentees).astype(np.int64)


def _exclusions(rules: Rules) -> dict[str, I64]:
    pairs = np.unique(rules.excluded, axis=0).reshape(-1, 2)
    counts = np.bincount(pairs[:, 0], minlength=rules.mentees)
    return {
        "excluded_start": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        "excluded": np.ascontiguousarray(pairs[:, 1]),
    }
