"""The people of a round, as every criterion reads them."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.kept_answers import Notes, answers, notes_on
from services.matcher.domain.weights import Weights, criterion_data

A = TypeVar("A")


@dataclass(frozen=True)
class Pool:
    """M mentees and N mentors in row order, the instant of the round, and the closeness tables in force."""

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    at: datetime
    weights: Weights

    @property
    def today(self) -> date:
        """Return the day of the round, in UTC: stages, trainings and devices are as of this day."""
        return self.at.date()

    @cached_property
    def mentee_ids(self) -> tuple[str, ...]:
        """Return each mentee's id, by row."""
        return tuple(mentee.id for mentee in self.mentees)

    @cached_property
    def shape_of(self) -> tuple[str, ...]:
        """Return each mentee's request shape, by row."""
        return tuple(mentee.facts.request_shape for mentee in self.mentees)

    def mentees_say(self, ask: Callable[[Mentee, date], A], key: Hashable = None) -> list[A]:
        """Return ``ask`` of each mentee, cached for the day (see ``answers`` for what ``ask`` may read)."""
        return answers(self.mentees, self._notes_of_mentees, ask, self.today, key)

    def mentors_say(self, ask: Callable[[Mentor, date], A], key: Hashable = None) -> list[A]:
        """Return ``ask`` of each mentor, cached in the same way."""
        return answers(self.mentors, self._notes_of_mentors, ask, self.today, key)

    @cached_property
    def _notes_of_mentees(self) -> Notes:
        return notes_on(self.mentees, self.today)

    @cached_property
    def _notes_of_mentors(self) -> Notes:
        return notes_on(self.mentors, self.today)

    def told(self, criterion: str) -> Mapping[str, Any]:
        """Return the content of the criterion's data file."""
        return criterion_data(criterion)

    def closeness(self, criterion: str, mentee_code: str, mentor_code: str) -> int:
        """Return how close two codes are, 0 to 100: the programme's cell, else the file's, else 100 for equal codes."""
        own = self.weights.closeness.get(criterion, {}).get(mentee_code, {})
        if mentor_code in own:
            return own[mentor_code]
        usual = 100 if mentee_code == mentor_code else 0
        return int(self.told(criterion).get("closeness", {}).get(mentee_code, {}).get(mentor_code, usual))
