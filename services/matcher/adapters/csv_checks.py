"""Hold the people of a file to what every way in asks of them, and say what is wrong in terms of columns and cells."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from services.events.facts import MenteeFacts, MentorFacts
from services.events.validation import MINOR, Fault, mentee_faults, mentor_faults
from services.matcher.adapters.csv_cells import entries


class Contradiction(NamedTuple):
    """A column, and what to mend in it."""

    column: str
    message: str


def contradictions(facts: MenteeFacts | MentorFacts, cells: Mapping[str, str], today: date) -> Iterator[Contradiction]:
    """Say everything that contradicts itself in a line; ``cells`` are as they are written, by column."""
    faults = mentee_faults(facts, today) if isinstance(facts, MenteeFacts) else _of_a_mentor(facts, today)
    for fault in faults:
        column, place = _column(fault.field)
        written = entries(cells.get(column, ""))
        which = f"{written[place]!r}: " if place is not None and place < len(written) else ""
        near = f"; nearest: {', '.join(fault.nearest)}" if fault.nearest else ""
        yield Contradiction(column, f"{which}{fault.message.removesuffix('.')}{near}")


def _of_a_mentor(facts: MentorFacts, today: date) -> Iterator[Fault]:
    """As an application is judged; but a file says what is free now, and 0 is a mentor who has no place left."""
    yield from mentor_faults(replace(facts, capacity=facts.capacity or 1), today)
    if facts.age_band == MINOR:
        yield Fault("age_band", "Mentors are adults; leave people under 18 out.")


def _column(field: str) -> tuple[str, int | None]:
    """The column of a field, and which entry of its cell is meant; files have ``availability`` in two columns."""
    name, *rest = field.removeprefix("availability.").split(".")
    column = "availability" if name == "windows" else name
    return column, int(rest[0]) if rest and rest[0].isdigit() else None
