"""The columns of people files, from the table of facts: one per fact, and how its cells are read."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from services.events.fact_table import Coded, Fact, Month, facts_of
from services.events.facts import (
    DeviceInterest,
    DeviceLived,
    LifeStage,
    MenteeFacts,
    MentorFacts,
    Must,
    Spoken,
    Window,
)
from services.matcher.adapters import csv_cells as cells

Reader = Callable[[str], Any]
_BY_TYPE: Mapping[type, Reader] = {
    Spoken: cells.spoken,
    Window: cells.window,
    LifeStage: cells.life_stage,
    DeviceInterest: cells.device_asked,
    DeviceLived: cells.device_lived,
    Must: cells.must,
    datetime: cells.instant,
    date: cells.day,
    bool: cells.yes_no,
    int: cells.whole,
    str: cells.as_it_is,
}


def columns_of(facts: type, other: type) -> dict[str, Fact]:
    """Return the facts of one side by column, first those that the ``other`` side has too."""
    rows = facts_of(facts)
    shared = [fact for fact in rows if fact in facts_of(other)]
    return {fact.name: fact for fact in (*shared, *(fact for fact in rows if fact not in shared))}


def reader_of(fact: Fact) -> Reader:
    """Return the reader of a fact's cells."""
    match fact.answer:
        case Coded(axis=axis):
            one: Reader = cells.code(axis)
        case Month():
            one = cells.month
        case _:
            one = _BY_TYPE[fact.type]
    return cells.several(one) if fact.several else one


MENTEE_FACTS = columns_of(MenteeFacts, MentorFacts)
MENTOR_FACTS = columns_of(MentorFacts, MenteeFacts)
MENTEE_COLUMNS: Mapping[str, Reader] = {name: reader_of(fact) for name, fact in MENTEE_FACTS.items()}
MENTOR_COLUMNS: Mapping[str, Reader] = {name: reader_of(fact) for name, fact in MENTOR_FACTS.items()}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    kind: ("id", *(name for name, fact in facts.items() if fact.required and fact.answer))
    for kind, facts in (("mentees", MENTEE_FACTS), ("mentors", MENTOR_FACTS))
}
