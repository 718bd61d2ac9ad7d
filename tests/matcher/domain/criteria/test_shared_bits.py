"""Rules as shared bits: as few bits as necessary, and exact for every pair."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from services.matcher.domain.criteria.encoding import ByBits, ByTable
from services.matcher.domain.criteria.shared_bits import Sets, rule_of_codes, rule_of_sets
from services.matcher.domain.hard_rules.rule_book import hard_rule


def numbers(dice: Random, people: int, below: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array([dice.randrange(below) for _ in range(people)], dtype=np.int32)


@pytest.mark.parametrize("answers", [(1, 1), (3, 90), (90, 3), (70, 70), (150, 200)])
def test_a_pair_passes_when_any_two_of_their_answers_pass(answers: tuple[int, int]) -> None:
    for seed in range(4):
        dice = Random(seed)
        rng = np.random.default_rng(seed)
        passes = rng.random(answers) < (0.02, 0.3, 0.0, 1.0)[seed]
        sides = [
            Sets([(), *(tuple(dice.sample(range(n), min(n, dice.randint(1, 3)))) for _ in range(19))], codes)
            for n, codes in zip(answers, (numbers(dice, 30, 20), numbers(dice, 25, 20)), strict=True)
        ]
        rule = rule_of_sets(passes, *sides)
        answers_of = [[sides[side].answers[code] for code in sides[side].codes.tolist()] for side in (0, 1)]
        expected = [[any(passes[a, b] for a in one for b in other) for other in answers_of[1]] for one in answers_of[0]]
        assert rule.passes(np.arange(30)[:, None], np.arange(25)).tolist() == expected


def test_answers_that_pass_alike_share_a_bit_and_useless_ones_have_none() -> None:
    many = np.zeros((300, 300), dtype=bool)
    many[:200, :100] = True  # the first hundred columns pass with the same answers
    many[200, 100] = True
    rule = rule_of_codes(many, np.arange(300, dtype=np.int32), np.arange(300, dtype=np.int32))
    assert rule.mentee_mask.shape == rule.mentor_mask.shape == (1, 300)
    assert np.bitwise_count(np.bitwise_or.reduce(rule.mentor_mask[0])) == 2
    assert np.count_nonzero(rule.mentor_mask) == 101


def test_the_side_with_fewer_classes_defines_the_bits() -> None:
    rng = np.random.default_rng(1)
    passes = rng.random((5, 200)) < 0.5  # 5 answers of mentees, up to 32 classes of mentors' answers
    codes = np.arange(5, dtype=np.int32), np.arange(200, dtype=np.int32)
    for turned in (passes, passes.T):
        rule = rule_of_codes(turned, *(codes if turned is passes else codes[::-1]))
        every = np.bitwise_or.reduce(rule.mentee_mask[0]) | np.bitwise_or.reduce(rule.mentor_mask[0])
        assert np.bitwise_count(every) == 5


@pytest.mark.parametrize("hard_from", [1, 40, 70, 101])
def test_enough_points_become_masks_for_any_number_of_classes(hard_from: int) -> None:
    rng = np.random.default_rng(hard_from)
    table = ByTable(
        rng.integers(0, 101, (120, 140)).astype(np.int32),
        rng.integers(0, 120, 50).astype(np.int32),
        rng.integers(0, 140, 40).astype(np.int32),
        hard_from=hard_from,
    )
    bits = ByBits(
        rng.integers(0, 2**64, (3, 50), np.uint64) & rng.integers(0, 2**16, (3, 50), np.uint64),
        rng.integers(0, 2**64, (3, 40), np.uint64) & rng.integers(0, 2**16, (3, 40), np.uint64),
        np.minimum(np.arange(193) * np.array([[20], [9]]), 100).astype(np.int32),
        rng.integers(0, 2, 50),
        hard_from=hard_from,
    )
    falling = replace(bits, curve=100 - bits.curve)
    rows, columns = np.indices((50, 40))
    for coded in (table, bits, falling):
        assert hard_rule(coded).passes(rows, columns).tolist() == (coded.points(rows, columns) >= hard_from).tolist()


def test_a_side_without_people_is_allowed() -> None:
    for people in ((0, 3), (3, 0), (0, 0)):
        codes = [np.zeros(n, dtype=np.int32) for n in people]
        rule = rule_of_codes(np.zeros(people, dtype=bool), *codes)
        assert (rule.mentee_mask.shape, rule.mentor_mask.shape) == ((1, people[0]), (1, people[1]))
