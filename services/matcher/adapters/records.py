"""Read tables of Python and data frame libraries as rows of cells, without importing those libraries.

A table is an iterable of dicts (iterated once), a dict of columns, or a frame: an object with ``to_dicts`` (polars),
``to_pylist`` (pyarrow) or ``to_dict`` (pandas).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from services.matcher.adapters.cell_text import as_list, as_text, kind_of, repeated
from services.matcher.adapters.csv_cells import BadCellError
from services.matcher.adapters.csv_people import CsvFault, Rows

HOW = "give the path of a CSV file, a list of dicts, a dict of columns or a data frame"
NOBODY = f"has nobody in it; {HOW} (an iterator that was walked before is empty)"


class UnfitTableError(ValueError):
    """A table without readable rows; ``column`` is where, empty for the whole table."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class _Records(NamedTuple):
    """Rows as given, and the column names where the table has them."""

    rows: Sequence[Any]
    names: Sequence[Any]


def read_records(table: str, values: Any) -> tuple[Rows, list[CsvFault]]:
    """Return the rows of a table, the names of its columns as row 0; or every fault, by row and column."""
    try:
        records = _records(values)
    except UnfitTableError as error:
        return [], [CsvFault(table, 0, error.column, str(error))]
    names = list(dict.fromkeys(_all_names(records)))
    faults: list[CsvFault] = []
    rows: list[tuple[int, list[str]]] = [(0, [str(name) for name in names])]
    for number, record in enumerate(records.rows, start=1):
        cells, row_faults = _cells(table, number, record, names)
        rows.append((number, cells))
        faults += row_faults
    return ([], faults) if faults else (rows, [])


def _records(values: Any) -> _Records:
    """Return the rows of a table of any type; raise UnfitTableError for anything else and for an empty table."""
    if isinstance(values, Mapping):
        records = _from_columns(values)
    elif any(hasattr(values, name) for name in ("to_dicts", "to_pylist", "to_dict")):
        records = _from_frame(values)
    elif isinstance(values, Iterable) and not isinstance(values, str | bytes | bytearray):
        records = _Records(list(values), ())
    else:
        raise UnfitTableError("", f"{kind_of(values)} is not a table; {HOW}")
    if not records.rows and not len(records.names):
        raise UnfitTableError("", NOBODY)
    return records


def _from_columns(by_name: Mapping[Any, Any]) -> _Records:
    columns: dict[Any, list[Any]] = {}
    for name, column in by_name.items():
        members = as_list(column)
        if members is None:
            raise UnfitTableError(str(name), f"{kind_of(column)} is not a column; write a list, or a list of dicts")
        columns[name] = members
    lengths = {name: len(members) for name, members in columns.items()}
    longest = max(lengths.values(), default=0)
    for name, length in lengths.items():
        if length != longest:
            raise UnfitTableError(str(name), f"has {length} cells where other columns have {longest}")
    return _Records(
        [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], list(columns)
    )


def _from_frame(frame: Any) -> _Records:
    names = getattr(frame, "column_names", getattr(frame, "columns", ()))
    for name in repeated(map(str, names)):
        raise UnfitTableError(name, "is there twice")
    try:
        if hasattr(frame, "to_dicts"):
            rows = frame.to_dicts()
        elif hasattr(frame, "to_pylist"):
            rows = frame.to_pylist()
        else:
            rows = frame.to_dict("records")
    except TypeError as error:  # a single column (Series), whose method takes other arguments
        raise UnfitTableError("", f"{kind_of(frame)} is not a table; {HOW}") from error
    return _Records(rows, list(names))


def _all_names(records: _Records) -> Iterable[Any]:
    yield from records.names
    for record in records.rows:
        if isinstance(record, Mapping):
            yield from record


def _cells(table: str, number: int, record: Any, names: Sequence[Any]) -> tuple[list[str], list[CsvFault]]:
    if not isinstance(record, Mapping):
        return [], [CsvFault(table, number, "", f"{kind_of(record)} is not a row; write a dict of cells by column")]
    cells, faults = [], []
    for name in names:
        try:
            cells.append(as_text(record.get(name)))
        except BadCellError as error:
            faults.append(CsvFault(table, number, str(name), str(error)))
    return cells, faults
