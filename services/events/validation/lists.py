"""Validate lists of answers (required, length, repetition) and ranges of numbers."""

from collections.abc import Iterator, Sequence

from services.chassis.i18n.sentence import Sentence
from services.events.validation.fault import Fault


def missing_fault(field: str, values: Sequence[object]) -> Iterator[Fault]:
    """Yield a fault for an empty list."""
    if not values:
        yield Fault(field, "Please give at least one entry.")


def length_fault(field: str, values: Sequence[object], most: int) -> Iterator[Fault]:
    """Yield a fault for a list with more than ``most`` entries."""
    if len(values) > most:
        yield Fault(field, Sentence("Please give up to %(most)s entries.", most=most))


def repeat_faults(field: str, values: Sequence[object]) -> Iterator[Fault]:
    """Yield a fault for each repeated entry."""
    seen: set[object] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield Fault(f"{field}.{index}", "This is in the list already; leave one of the two out.")
        seen.add(value)


def range_fault(field: str, number: int, bounds: tuple[int, int], what: Sentence) -> Iterator[Fault]:
    """Yield a fault for a number outside ``bounds`` (inclusive)."""
    least, most = bounds
    if not least <= number <= most:
        yield Fault(field, what)
