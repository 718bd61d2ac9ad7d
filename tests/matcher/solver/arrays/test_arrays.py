"""Input becomes whole numbers of the right type, or raises a one-sentence error."""

from typing import Any

import numpy as np
import pytest

from services.matcher.solver.arrays import as_i32, as_i64, as_u64
from services.matcher.solver.errors import BadArraysError


@pytest.mark.parametrize("kind", [np.bool_, np.int8, np.uint16, np.int32, np.int64, np.uint64, np.float64])
def test_whole_numbers_of_any_kind_are_taken(kind: Any) -> None:
    for read, dtype in ((as_i64, np.int64), (as_i32, np.int32), (as_u64, np.uint64)):
        taken = read("numbers", np.array([0, 1, 1], dtype=kind), (3,))
        assert taken.dtype == dtype
        assert taken.tolist() == [0, 1, 1]
        assert taken.flags.c_contiguous


@pytest.mark.parametrize("kind", [np.int8, np.int32, np.uint64, np.float32])
def test_no_numbers_are_fine_too(kind: Any) -> None:
    for read in (as_i64, as_i32, as_u64):
        assert read("numbers", np.zeros((0, 2), dtype=kind), (None, 2)).shape == (0, 2)


def test_the_last_number_that_fits_is_taken_and_the_next_refused() -> None:
    assert as_i32("codes", [2**31 - 1, -(2**31)], (2,)).tolist() == [2**31 - 1, -(2**31)]
    assert as_u64("masks", [0, 2**63], (2,)).tolist() == [0, 2**63]
    with pytest.raises(BadArraysError, match="codes holds numbers outside -2147483648 to 2147483647"):
        as_i32("codes", [2**31], (1,))
    with pytest.raises(BadArraysError, match="codes holds numbers outside"):
        as_i32("codes", [-(2**31) - 1], (1,))
    with pytest.raises(BadArraysError, match="masks holds numbers outside 0 to 18446744073709551615"):
        as_u64("masks", [-1, 5], (2,))


@pytest.mark.parametrize("given", [[0.5], [1.0, np.nan], [-np.inf]])
def test_a_single_fraction_or_nan_is_refused(given: list[float]) -> None:
    with pytest.raises(BadArraysError, match=r"fractions|NaN"):
        as_i64("places", given, (None,))


def test_ragged_lists_are_refused() -> None:
    ragged: Any = [[1, 2], [3]]
    with pytest.raises(BadArraysError, match="places is not an array of numbers"):
        as_i64("places", ragged, (None, None))


def test_a_wrong_shape_is_reported_with_the_expected_one() -> None:
    with pytest.raises(BadArraysError, match=r"pairs has shape \(3,\), not \(any, 2\)"):
        as_i64("pairs", [1, 2, 3], (None, 2))
    with pytest.raises(BadArraysError, match=r"pairs has shape \(2, 3\), not \(any, 2\)"):
        as_i64("pairs", np.zeros((2, 3), int), (None, 2))


def test_a_view_with_gaps_is_laid_out_anew() -> None:
    taken = as_i64("column", np.arange(12).reshape(4, 3)[:, 1], (4,))
    assert taken.flags.c_contiguous
    assert taken.tolist() == [1, 4, 7, 10]
