"""Criteria on ordered bands, compared by the number of steps between two bands."""

from collections.abc import Sequence

from services.events.vocabulary import codes
from services.matcher.domain.criteria.encoding import NEUTRAL, ByTable
from services.matcher.domain.criteria.lookup_tables import by_answers
from services.matcher.domain.criteria.pool import Pool


def by_bands(pool: Pool, criterion: str, mentees: Sequence[str | None], mentors: Sequence[str | None]) -> ByTable:
    """Return the table of points from the criterion's ``by_distance`` list; a missing answer is neutral."""
    data = pool.data(criterion)
    bands = codes(data["axis"])
    by_distance = [int(points) for points in data["by_distance"]]

    def points(mentee_band: str | None, mentor_band: str | None) -> int:
        if mentee_band not in bands or mentor_band not in bands:
            return NEUTRAL
        return by_distance[min(abs(bands.index(mentee_band) - bands.index(mentor_band)), len(by_distance) - 1)]

    return by_answers(mentees, mentors, points)
