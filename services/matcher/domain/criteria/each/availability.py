"""Hours in which both are free in the coming week, in UTC, from each person's own time zone (N11, G14)."""

from datetime import date

import numpy as np

from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByBits
from services.matcher.domain.criteria.lookup_tables import distinct
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.weekly_hours import free_slots

_WORDS = 3  # of 64 bits, for 168 hours


def code(pool: Pool) -> ByBits:
    """Encode points that grow with the shared hours up to a few: declaring fewer hours never gains points."""
    data = pool.data("availability")
    by_hours = [int(points) for points in data["by_hours"]]
    curve = [by_hours[min(hours, len(by_hours) - 1)] for hours in range(64 * _WORDS + 1)]
    return ByBits(
        _words(pool.mentee_answers(_week)),
        _words(pool.mentor_answers(_week)),
        np.array([curve], dtype=np.int32),
        np.zeros(len(pool.mentees), dtype=np.int64),
        hard_from=int(data["hard_from"]),
    )


def shared(mentee: Mentee, mentor: Mentor, pool: Pool) -> tuple[str, ...]:
    """Return the mentee's days on which both are free; nothing when one of them is free at any time."""
    if not mentee.facts.availability or not mentor.facts.availability:
        return ()
    mentor_hours = free_slots(mentor.facts.availability, mentor.facts.time_zone, pool.today)
    days = {
        window.day
        for window in mentee.facts.availability
        if free_slots((window,), mentee.facts.time_zone, pool.today) & mentor_hours
    }
    return tuple(day for day in codes("weekday") if day in days)


def _words(weeks: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    every, week_codes = distinct(weeks)
    words = np.array([[week >> 64 * w & (2**64 - 1) for week in every] for w in range(_WORDS)], dtype=np.uint64)
    return words[:, week_codes]


def _week(person: Mentee | Mentor, day: date) -> int:
    return free_slots(person.facts.availability, person.facts.time_zone, day)
