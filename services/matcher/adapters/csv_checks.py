"""Validate the people of a file by the rules that every entry point shares, and report faults by column and cell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from services.events.fact_table import facts_of
from services.events.facts import MenteeFacts, MentorFacts
from services.events.validation import MINOR, Fault, mentee_faults, mentor_faults
from services.matcher.adapters.csv_cells import entries


class Contradiction(NamedTuple):
    """A column, and what to correct in it."""

    column: str
    message: str


def contradictions(facts: MenteeFacts | MentorFacts, cells: Mapping[str, str], today: date) -> Iterator[Contradiction]:
    """Return every contradiction in a line; ``cells`` are as written, by column."""
    faults = mentee_faults(facts, today) if isinstance(facts, MenteeFacts) else _of_a_mentor(facts, today)
    for fault in faults:
        column, place = _column(type(facts), fault.field)
        written = entries(cells.get(column, ""))
        which = f"{written[place]!r}: " if place is not None and place < len(written) else ""
        near = f"; nearest: {', '.join(fault.nearest)}" if fault.nearest else ""
        yield Contradiction(column, f"{which}{fault.message.removesuffix('.')}{near}")


def _of_a_mentor(facts: MentorFacts, today: date) -> Iterator[Fault]:
    """Return the faults of an application; but capacity 0 is valid here: a file gives the places that are free now."""
    yield from mentor_faults(replace(facts, capacity=facts.capacity or 1), today)
    if facts.age_band == MINOR:
        yield Fault("age_band", "Mentors are adults; leave people under 18 out.")


def _column(facts: type, field: str) -> tuple[str, int | None]:
    """Return the column of a fault's field, and the index of its entry."""
    for fact in facts_of(facts):
        if f"{field}.".startswith(f"{fact.place}."):
            index = field[len(fact.place) + 1 :].partition(".")[0]
            return fact.name, int(index) if index.isdigit() else None
    raise ValueError(f"{field} is no fact of {facts.__name__}")
