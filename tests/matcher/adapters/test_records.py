"""Any table is read, or refused with what is wrong by row and column: never a raw error, never an empty answer."""

import math
from collections import namedtuple
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from services.matcher.adapters.cell_text import as_text
from services.matcher.adapters.csv_cells import BadCellError
from services.matcher.adapters.records import read_records

PEOPLE = [{"id": "ana", "topics": "food"}, {"id": "ben", "topics": "work"}]
READ = [(0, ["id", "topics"]), (1, ["ana", "food"]), (2, ["ben", "work"])]


class Pandas:
    """As a frame of pandas: ``to_dict`` with an orientation."""

    def __init__(self, records: list[dict[str, Any]], columns: list[str] | None = None) -> None:
        self._records = records
        self.columns = np.array(columns if columns is not None else list(records[0]))

    def to_dict(self, orient: str = "dict") -> Any:
        if orient != "records":
            raise TypeError("unsupported type")
        return self._records


class Polars:
    """As a frame of polars: its ``to_dict`` takes no orientation."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self._records, self.columns = records, list(records[0])

    def to_dict(self, *, as_series: bool = True) -> dict[str, Any]:
        raise AssertionError("columns are not asked for")

    def to_dicts(self) -> list[dict[str, Any]]:
        return self._records


class Arrow:
    """As a table of pyarrow: ``columns`` are arrays, the names stand elsewhere."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self._records, self.columns, self.column_names = records, [object()], list(records[0])

    def to_pylist(self) -> list[dict[str, Any]]:
        return self._records


class Series:
    """As one column of pandas: the method of a frame, for something else."""

    def to_dict(self, into: Any = dict) -> Any:
        raise TypeError(f"unsupported type: {into}")


class Column:
    """As a column of polars."""

    def __init__(self, members: list[Any]) -> None:
        self._members = members

    def to_list(self) -> list[Any]:
        return self._members


class NAType:
    """As pandas' NA: neither equal nor unequal to anything, itself included."""

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None  # type: ignore[assignment]


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        iter,
        lambda people: (one for one in people),
        lambda people: map(dict, people),
        lambda people: {one["id"]: one for one in people}.values(),
        Pandas,
        Polars,
        Arrow,
        lambda _: {"id": ["ana", "ben"], "topics": ("food", "work")},
        lambda _: {"id": np.array(["ana", "ben"]), "topics": Column(["food", "work"])},
    ],
)
def test_any_table_gives_the_same_rows(make: Callable[[Any], Any]) -> None:
    assert read_records("mentees", make(PEOPLE)) == (READ, [])


def test_a_frame_without_people_still_names_its_columns() -> None:
    assert read_records("mentees", Pandas([], ["id", "topics"])) == ([(0, ["id", "topics"])], [])
    assert read_records("mentees", {"id": [], "topics": []}) == ([(0, ["id", "topics"])], [])


@pytest.mark.parametrize(
    ("table", "column", "says"),
    [
        (7, "", "an int is not a table; give the path"),
        (None, "", "a NoneType is not a table"),
        (b"id", "", "a bytes is not a table"),
        (Series(), "", "a Series is not a table"),
        ([], "", "has nobody in it"),
        ({"id": "ana", "topics": "food"}, "id", "a str is not a column; write a list"),
        ({"id": ["ana", "ben"], "topics": ["food"]}, "topics", "has 1 cells where other columns have 2"),
        (Pandas(PEOPLE, ["id", "topics", "topics"]), "topics", "is there twice"),
    ],
)
def test_a_value_that_is_no_table_is_reported_in_a_sentence(table: Any, column: str, says: str) -> None:
    rows, (fault,) = read_records("mentees", table)
    assert rows == []
    assert (fault.file, fault.line, fault.column) == ("mentees", 0, column)
    assert fault.message.startswith(says)


def test_every_row_and_cell_that_cannot_be_read_is_named() -> None:
    row = namedtuple("row", "id")
    table = [PEOPLE[0], ("ben", "work"), {"id": "cho", "topics": {"food": 1}, "gender": b"x"}, row("dee"), None]
    rows, faults = read_records("mentors", table)
    assert rows == []
    assert [(one.line, one.column, one.message.split(";")[0]) for one in faults] == [
        (2, "", "a tuple is not a row"),
        (3, "topics", "a dict is not a cell"),
        (3, "gender", "a bytes is not a cell"),
        (4, "", "a row is not a row"),
        (5, "", "a NoneType is not a row"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" food ", "food"),
        (np.str_("food"), "food"),
        (Colour.RED, "red"),
        (True, "yes"),
        (np.True_, "yes"),
        (np.False_, "no"),
        (3, "3"),
        (np.int8(3), "3"),
        (3.0, "3"),
        (np.float32(3), "3"),
        (2.5, "2.5"),
        (Decimal("2.0"), "2"),
        (math.inf, "inf"),
        (Decimal("Infinity"), "Infinity"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date(2025, 1, 2), "2025-01-02"),
        (datetime(2025, 1, 2), "2025-01-02"),  # noqa: DTZ001 - frames have no zone
        (datetime(2025, 1, 2, 3), "2025-01-02T03:00:00"),  # noqa: DTZ001 - frames have no zone
        (np.datetime64("2025-01-02"), "2025-01-02"),
        (np.datetime64("2025-01-02T00:00:00.000000000"), "2025-01-02"),
        (["food", None, "work"], "food; work"),
        ({"work", "food"}, "food; work"),
        (np.array(["food", "work"]), "food; work"),
        (np.array("food"), "food"),
        (Column(["food", "work"]), "food; work"),
        (None, ""),
        ("", ""),
        ([], ""),
        (math.nan, ""),
        (np.float32("nan"), ""),
        (np.datetime64("NaT"), ""),
        (np.ma.masked, ""),
        (NAType(), ""),
        (Decimal("NaN"), ""),
        (Decimal("sNaN"), ""),
    ],
)
def test_a_cell_of_any_kind_is_a_text(value: Any, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("value", [{}, b"x", object(), np.timedelta64(1, "D"), [{"tag": "es"}], 1j])
def test_what_is_no_cell_is_refused_in_a_sentence(value: Any) -> None:
    with pytest.raises(BadCellError, match="is not a cell; write text"):
        as_text(value)
