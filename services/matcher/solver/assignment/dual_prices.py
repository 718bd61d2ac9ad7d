"""Checks of dual prices from outside: two words per person, compared one after the other."""

import numpy as np
import numpy.typing as npt

from ..arrays import I64, as_i64
from ..errors import ValueTooLargeError

LARGEST_PRICE = 2**60


def checked_prices(name: str, given: npt.ArrayLike, people: int) -> I64:
    """Return one word of the prices as int64; raise ``ValueTooLargeError`` where sums could leave 64 bits."""
    price = as_i64(name, given, (people,))
    if people and max(int(price.max()), -int(price.min())) > LARGEST_PRICE:
        raise ValueTooLargeError(f"{name} is beyond {LARGEST_PRICE}, where sums could overflow")
    return price


def negative(first: I64, second: I64) -> npt.NDArray[np.bool_]:
    """Return a mask of the prices below zero; the second word decides where the first is zero."""
    below: npt.NDArray[np.bool_] = (first < 0) | ((first == 0) & (second < 0))
    return below


def overdrawn(mentor_of: I64, capacity: I64) -> I64:
    """Return (N,) how many people each mentor has beyond their capacity; unknown rows are ignored."""
    real = mentor_of[(mentor_of >= 0) & (mentor_of < len(capacity))]
    over: I64 = np.maximum(np.bincount(real, minlength=len(capacity)) - capacity, 0)
    return over
