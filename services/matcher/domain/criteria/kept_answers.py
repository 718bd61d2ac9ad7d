"""Answers of people, kept with them: a round reads thousands of whom only a few have changed since the last one."""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from services.matcher.domain.candidates import Person

P = TypeVar("P", bound=Person)
A = TypeVar("A")
Notes = list[dict[Hashable, Any]]


def answers(people: Sequence[P], notes: Notes, ask: Callable[[P, date], A], day: date, key: Hashable = None) -> list[A]:
    """What each of some people answers to ``ask(person, day)``; ``notes`` are theirs of that day.

    Each person is asked once a day, so the answer may follow from nothing but the person, the day and data that never
    changes: not from weights, not from other people. Answers are kept by ``key``, or by ``ask`` itself where it is a
    function of a module, the same one in every round. Equal answers are one object, which tells them apart quickly.
    """
    name = ask if key is None else key
    try:
        return [note[name] for note in notes]
    except KeyError:
        for person, note in zip(people, notes, strict=True):
            if name not in note:
                note[name] = _one_of_a_kind(name, ask(person, day))
        return [note[name] for note in notes]


def notes_on(people: Sequence[Person], day: date) -> Notes:
    """Everybody's notes of a day; those of another day are dropped."""
    return [_of_day(one.notes, day) for one in people]


def _of_day(notes: dict[Hashable, Any], day: date) -> dict[Hashable, Any]:
    kept: tuple[date, dict[Hashable, Any]] | None = notes.get("day")
    if kept is None or kept[0] != day:
        kept = notes["day"] = (day, {})
    return kept[1]


@lru_cache(maxsize=50_000)
def _one_of_a_kind(_name: Hashable, answer: A) -> A:
    """The first of equal answers; it names nobody. Forgetting some costs time later on, and nothing else."""
    return answer
