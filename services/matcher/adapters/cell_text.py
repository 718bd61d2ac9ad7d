"""Convert values of Python, numpy and data frames to the text of a CSV cell."""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from numbers import Integral
from typing import Any
from uuid import UUID

import numpy as np

from services.matcher.adapters.csv_cells import BadCellError

_LISTED = ("tolist", "to_list", "to_pylist")  # arrays of numpy, series of pandas and polars, arrays of pyarrow
_MIDNIGHT = time()


def as_text(value: Any) -> str:
    """Return the text of a cell: lists joined by ``;``, booleans as yes and no, empty for None, NaN, NaT and NA.

    Raises ``BadCellError`` for values that fit no cell, such as a dict.
    """
    plain = _plain(value)
    if isinstance(plain, str):
        return plain.strip()
    listed = as_list(plain)
    if listed is not None:
        return "; ".join(text for text in map(as_text, listed) if text)
    return "" if _is_missing(plain) else _scalar_text(plain)


def as_list(value: Any) -> list[Any] | None:
    """Return the members of a list, tuple, set, array or series; None for anything else."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)  # the same order every time
    if isinstance(value, list | tuple | range):
        return list(value)
    for name in _LISTED:
        if hasattr(value, name):
            members = getattr(value, name)()
            return members if isinstance(members, list) else [members]
    return None


def kind_of(value: Any) -> str:
    """Return a value's type for a sentence: ``a dict``, ``an int``."""
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _plain(value: Any) -> Any:
    """Return the Python value of a scalar of numpy or pyarrow, or of an enum member."""
    if isinstance(value, np.datetime64):
        return value.astype("datetime64[us]").item()
    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "as_py"):
        return value.as_py()
    return value.value if isinstance(value, Enum) else value


def _is_missing(value: Any) -> bool:
    """Return whether a value is None or a frame's missing value: one not equal to itself, or pandas' NA."""
    if isinstance(value, Decimal):
        return value.is_nan()
    return value is None or type(value).__name__ == "NAType" or bool(value != value)  # noqa: PLR0124 - NaN is meant


def _scalar_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == _MIDNIGHT:
        return value.date().isoformat()  # frames turn dates into datetimes
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal) and math.isfinite(value) and value % 1 == 0:
        return str(int(value))  # frames turn whole numbers into floats where one is missing
    if isinstance(value, Integral | float | Decimal | UUID):
        return str(value)
    raise BadCellError(f"{kind_of(value)} is not a cell; write text, a number, a date, yes or no, or a list of texts")


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once, each once."""
    return [name for name, times in Counter(names).items() if times > 1]
