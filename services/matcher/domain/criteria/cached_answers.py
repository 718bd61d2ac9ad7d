"""Encoded answers, cached per person: of thousands of people, only a few change between two rounds."""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from services.matcher.domain.candidates import Person

P = TypeVar("P", bound=Person)
A = TypeVar("A")
Notes = list[dict[Hashable, Any]]


def answers(people: Sequence[P], notes: Notes, ask: Callable[[P, date], A], day: date, key: Hashable = None) -> list[A]:
    """Return ``ask(person, day)`` for each person; ``notes`` are the people's caches of that day.

    ``ask`` runs once per person and day, so its result may depend only on the person, the day and fixed data: not on
    weights, not on other people. Results are cached under ``key``, or under ``ask`` itself where it is a module-level
    function, the same object in every round. Equal answers are one object, so they can be compared by identity.
    """
    name = ask if key is None else key
    try:
        return [note[name] for note in notes]
    except KeyError:
        for person, note in zip(people, notes, strict=True):
            if name not in note:
                note[name] = _shared_answer(name, ask(person, day))
        return [note[name] for note in notes]


def notes_on(people: Sequence[Person], day: date) -> Notes:
    """Return each person's cache of a day; caches of other days are dropped."""
    return [_of_day(person.notes, day) for person in people]


def _of_day(notes: dict[Hashable, Any], day: date) -> dict[Hashable, Any]:
    cached: tuple[date, dict[Hashable, Any]] | None = notes.get("day")
    if cached is None or cached[0] != day:
        cached = notes["day"] = (day, {})
    return cached[1]


@lru_cache(maxsize=50_000)
def _shared_answer(_name: Hashable, answer: A) -> A:
    """Return the first of equal answers; it identifies nobody. Eviction costs time later on, and nothing else."""
    return answer
