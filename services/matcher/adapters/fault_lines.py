"""Format faults of people tables as lines; a fault that many people share is one line."""

from collections.abc import Collection, Iterable, Sequence

from services.matcher.adapters.csv_people import CsvFault

FEW = 3  # numbers named before the rest is counted


def fault_lines(faults: Iterable[CsvFault], tables: Collection[str] = ()) -> list[str]:
    """Return a line per distinct fault, in order; ``tables`` names the inputs that have rows instead of lines."""
    alike: dict[tuple[str, str, str], list[int]] = {}
    for fault in faults:
        alike.setdefault((fault.file, fault.column, fault.message), []).append(fault.line)
    return [
        f"{file}: {_place('row' if file in tables else 'line', numbers, column)}{message}"
        for (file, column, message), numbers in alike.items()
    ]


def _place(unit: str, numbers: Sequence[int], column: str) -> str:
    """``line 2, relation: ``, ``lines 2, 3, 4 and 46 more, relation: `` or nothing at all."""
    parts = [_numbered(unit, numbers) if numbers[0] else "", column]
    place = ", ".join(part for part in parts if part)
    return f"{place}: " if place else ""


def _numbered(unit: str, numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"{unit} {numbers[0]}"
    named, more = ", ".join(map(str, numbers[:FEW])), len(numbers) - FEW
    return f"{unit}s {named}" + (f" and {more} more" if more > 0 else "")
