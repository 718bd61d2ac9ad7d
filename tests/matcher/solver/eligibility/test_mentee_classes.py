"""Mentee classes give the same eligible pairs as the rules, for any masks."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from services.matcher.solver.arrays import U64
from services.matcher.solver.eligibility import BitRules, MenteeClasses, mentee_classes
from services.matcher.solver.errors import BadArraysError
from tests.matcher.solver.pools import eligible

MODULE = import_module(
    "services.matcher.solver.eligibility.mentee_classes"
)  # the package exports a function of this name
NO_PAIRS = np.zeros((0, 2), np.int64)


def allowed(classes: MenteeClasses) -> list[list[int]]:
    """Return the mentors each mentee may meet, from the classes alone."""
    mentors_of = []
    for mentee, mentee_class in enumerate(classes.class_of):
        barred = classes.excluded[classes.excluded_start[mentee] : classes.excluded_start[mentee + 1]]
        met = np.setdiff1d(classes.positions_of(int(mentee_class)), barred)
        mentors_of.append(sorted(classes.mentor_order[met].tolist()))
    return mentors_of


def written_out(rules: BitRules) -> list[list[int]]:
    return [np.flatnonzero(row).tolist() for row in eligible(rules)]


def some_rules(seed: int, mentees: int, mentors: int, *, bits: int, rules: tuple[int, int] = (2, 1)) -> BitRules:
    """Masks of up to ``bits`` bits; the sparser ones have few bits set, so that some pairs are left."""
    rng = np.random.default_rng(seed)

    def masks(count: int, people: int, share: float) -> U64:
        set_bits = (rng.random((count, people, bits)) < share).astype(np.uint64)
        words: U64 = (set_bits << np.arange(bits, dtype=np.uint64)).sum(axis=2, dtype=np.uint64)
        return words

    pairs = np.stack([rng.integers(0, mentees, 2 * mentees), rng.integers(0, mentors, 2 * mentees)], axis=1)
    return BitRules(
        masks(rules[0], mentees, 0.4),
        masks(rules[0], mentors, 0.4),
        masks(rules[1], mentees, 0.1),
        masks(rules[1], mentors, 0.7),
        pairs,
    )


@pytest.mark.parametrize("bits", [1, 3, 12, 63])
@pytest.mark.parametrize("mentors", [1, 63, 64, 65, 130])
def test_the_mentors_of_a_class_are_those_the_rules_allow(mentors: int, bits: int) -> None:
    for seed in range(3):
        rules = some_rules(seed, 40, mentors, bits=bits)
        assert allowed(mentee_classes(rules.checked())) == written_out(rules), seed


@pytest.mark.parametrize("words", [(1, 3), (2, 2), (4,), (1, 1, 1, 1)])
def test_a_bit_shared_in_any_word_of_a_rule_is_enough(words: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(6):
        monkeypatch.setattr(MODULE, "AT_ONCE", (1 << 22, 130, 1)[seed % 3])
        rules = replace(some_rules(seed, 40, 65, bits=3, rules=(4, 1)), any_words=np.array(words))
        classes = mentee_classes(rules.checked())
        assert allowed(classes) == written_out(rules), seed
        every = np.arange(rules.mentors)
        met = [rules.met_by(mentee, every).tolist() for mentee in range(rules.mentees)]
        assert met == eligible(replace(rules, excluded=NO_PAIRS)).tolist(), seed


def test_mentees_share_a_class_exactly_when_all_their_masks_are_equal() -> None:
    for bits in (1, 2, 40):
        rules = some_rules(7, 150, 20, bits=bits, rules=(3, 1))
        classes = mentee_classes(rules.checked())
        masks = [tuple(row) for row in np.concatenate([rules.any_mentee, rules.all_mentee]).T.tolist()]
        of_masks: dict[tuple[int, ...], set[int]] = {}
        for mask, mentee_class in zip(masks, classes.class_of.tolist(), strict=True):
            of_masks.setdefault(mask, set()).add(mentee_class)
        assert all(len(found) == 1 for found in of_masks.values())
        assert classes.count == len(of_masks)
        assert sorted(set().union(*of_masks.values())) == list(range(classes.count))


def test_more_combinations_than_a_table_holds_stay_distinct() -> None:
    rules = some_rules(3, 300, 30, bits=50, rules=(4, 2))
    classes = mentee_classes(rules.checked())
    assert classes.count == 300
    assert allowed(classes) == written_out(rules)


def test_many_rules_do_not_overflow_the_class_numbers() -> None:
    # 256 ** 9 is a multiple of 2 ** 64: joined without care, the first rule would be lost.
    masks = np.tile(np.arange(1, 258, dtype=np.uint64), (9, 1))
    masks[:, 256] = masks[:, 0]
    masks[0, 256] = masks[0, 1]
    none = np.zeros((0, 257), np.uint64)
    classes = mentee_classes(BitRules(masks, masks, none, none, NO_PAIRS).checked())
    assert classes.count == 257
    assert len(set(classes.class_of.tolist())) == 257


def test_large_masks_and_small_ones_are_sorted_alike() -> None:
    few = some_rules(5, 60, 30, bits=4, rules=(1, 1))
    shifted = replace(few, any_mentee=few.any_mentee << np.uint64(50), any_mentor=few.any_mentor << np.uint64(50))
    small, large = mentee_classes(few.checked()), mentee_classes(shifted.checked())
    assert small.class_of.tolist() == large.class_of.tolist()
    assert small.mentor_order.tolist() == large.mentor_order.tolist()
    assert small.bits.tolist() == large.bits.tolist()


def test_without_rules_there_is_one_class_and_all_pairs_are_eligible() -> None:
    classes = mentee_classes(some_rules(1, 5, 70, bits=2, rules=(0, 0)).checked())
    assert classes.count == 1
    assert classes.positions_of(0).tolist() == list(range(70))


def test_a_repeated_exclusion_counts_once() -> None:
    open_to_all = np.ones((1, 3), np.uint64)
    rules = BitRules(open_to_all, open_to_all, np.zeros((0, 3), np.uint64), np.zeros((0, 3), np.uint64), NO_PAIRS)
    twice = replace(rules, excluded=np.array([[2, 0], [0, 1], [2, 0], [2, 2]]))
    classes = mentee_classes(twice.checked())
    assert allowed(classes) == [[0, 2], [0, 1, 2], [1]]
    assert len(classes.excluded) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"excluded": np.array([[-1, 0]])}, "excluded names"),
        ({"excluded": np.array([[3, 0]])}, "excluded names"),
        ({"excluded": np.array([[0, 3]])}, "excluded names"),
        ({"excluded": np.array([[0, 1, 2]])}, "excluded has shape"),
        ({"any_mentor": np.ones((2, 3), np.uint64)}, "any_mentor has shape"),
        ({"all_mentee": np.ones((1, 4), np.uint64)}, "all_mentee has shape"),
        ({"all_mentor": np.ones((1, 2), np.uint64)}, "all_mentor has shape"),
        ({"any_words": np.array([2])}, "any_words does not share 1 rows"),
        ({"any_words": np.array([0, 1])}, "any_words does not share 1 rows"),
        ({"any_words": np.array([[1]])}, "any_words has shape"),
    ],
)
def test_rules_that_do_not_agree_are_refused(change: dict[str, Any], message: str) -> None:
    one = np.ones((1, 3), np.uint64)
    rules = BitRules(one, one, one, one, NO_PAIRS)
    assert rules.checked().mentees == rules.checked().mentors == 3
    with pytest.raises(BadArraysError, match=message):
        replace(rules, **change).checked()
    assert replace(rules, excluded=np.array([[2, 2]])).checked().excluded.tolist() == [[2, 2]]
