"""Convert input to contiguous integer arrays; raise ``BadArraysError`` with one sentence where it cannot be."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadArraysError
from .types import I32, I64, U64, AnyArray

Shape = tuple[int | None, ...]


def as_i64(name: str, given: npt.ArrayLike, shape: Shape) -> I64:
    """Return ``given`` as contiguous int64 of ``shape`` (None = any length); raise for NaN, infinity and fractions."""
    return np.ascontiguousarray(_whole(name, given, shape, np.int64), dtype=np.int64)


def as_rows(name: str, given: npt.ArrayLike, shape: Shape, rows: int, *, none: bool = False) -> I64:
    """Return ``given`` as row numbers 0 .. rows - 1, or -1 where ``none``; raise for boolean masks."""
    array = as_i64(name, given, shape)
    if np.asarray(given).dtype.kind == "b":
        raise BadArraysError(f"{name} is a mask, not row numbers")
    if array.size and (array.min() < (-1 if none else 0) or array.max() >= rows):
        raise BadArraysError(f"{name} names a row that is not there")
    return array


def as_i32(name: str, given: npt.ArrayLike, shape: Shape) -> I32:
    """Return ``given`` as contiguous int32 of ``shape``; raise for numbers that do not fit."""
    return np.ascontiguousarray(_whole(name, given, shape, np.int32), dtype=np.int32)


def as_u64(name: str, given: npt.ArrayLike, shape: Shape) -> U64:
    """Return ``given`` as contiguous uint64 of ``shape`` (bit masks and keys); raise for negatives."""
    return np.ascontiguousarray(_whole(name, given, shape, np.uint64), dtype=np.uint64)


def _whole(name: str, given: npt.ArrayLike, shape: Shape, target: Any) -> AnyArray:
    try:
        array = np.asarray(given)
    except (ValueError, TypeError) as error:
        raise BadArraysError(f"{name} is not an array of numbers") from error
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(target)
    _check_shape(name, array, shape)
    if array.dtype == target:
        return array
    if array.dtype.kind == "f":
        _check_whole_floats(name, array)
    elif array.dtype.kind not in "iub":
        raise BadArraysError(f"{name} holds {array.dtype}, not whole numbers")
    bounds = np.iinfo(target)
    if array.size and (int(array.min()) < bounds.min or int(array.max()) > bounds.max):
        raise BadArraysError(f"{name} holds numbers outside {bounds.min} to {bounds.max}")
    return array.astype(target)


def _check_whole_floats(name: str, array: AnyArray) -> None:
    if not np.isfinite(array).all():
        raise BadArraysError(f"{name} holds NaN or infinite numbers")
    if (array != np.floor(array)).any():
        raise BadArraysError(f"{name} holds fractions; the solver is exact and takes whole numbers")


def _check_shape(name: str, array: AnyArray, shape: Shape) -> None:
    fits = array.ndim == len(shape) and all(
        want is None or got == want for got, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if want is None else str(want) for want in shape)
        raise BadArraysError(f"{name} has shape {array.shape}, not ({wanted})")
