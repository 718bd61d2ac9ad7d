"""Lists of answers: not empty where one is needed, not too long, nothing in them twice."""

from collections.abc import Iterator, Sequence

from services.events.validation.fault import Fault


def needed(field: str, values: Sequence[object]) -> Iterator[Fault]:
    """Say that at least one entry is needed."""
    if not values:
        yield Fault(field, "Please give at least one entry.")


def too_many(field: str, values: Sequence[object], most: int) -> Iterator[Fault]:
    """Say that a list is longer than anybody needs."""
    if len(values) > most:
        yield Fault(field, f"Please give up to {most} entries.")


def repeats(field: str, values: Sequence[object]) -> Iterator[Fault]:
    """Say which entries are there twice."""
    seen: set[object] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield Fault(f"{field}.{index}", "This is in the list already; leave one of the two out.")
        seen.add(value)


def out_of_range(field: str, number: int | None, bounds: tuple[int, int], what: str) -> Iterator[Fault]:
    """Say that a number is too small or too large; nothing for None."""
    least, most = bounds
    if number is not None and not least <= number <= most:
        yield Fault(field, f"Please give {least} to {most} {what}.")
