"""Validate each answer by what the table of facts says of it."""

from collections.abc import Iterator
from datetime import date

from services.events.fact_table import Coded, Entries, Fact, Month, Number, answers_of
from services.events.facts import MenteeFacts, MentorFacts
from services.events.validation.fault import Fault
from services.events.validation.lists import length_fault, missing_fault, range_fault, repeat_faults
from services.events.validation.months import month_faults


def answer_faults(facts: MenteeFacts | MentorFacts, today: date) -> Iterator[Fault]:
    """Yield missing answers, lists that are too long, repeated codes, and numbers and months out of range."""
    for fact in answers_of(type(facts)):
        value = getattr(facts, fact.name)
        if fact.several and fact.required:
            yield from missing_fault(fact.place, value)
        yield from _faults(fact, value, today)


def _faults(fact: Fact, value: object, today: date) -> Iterator[Fault]:
    match fact.answer, value:
        case Coded(), tuple():
            yield from repeat_faults(fact.place, value)
        case Entries(most=int(most)), tuple():
            yield from length_fault(fact.place, value, most)
        case Number(least=least, most=most, sentence=sentence), int(number):
            yield from range_fault(fact.place, number, (least, most), sentence)
        case Month(), str(month):
            yield from month_faults(fact.place, month, today)
