"""Ordered bands, compared by how many steps lie between."""

from collections.abc import Sequence

from services.events.vocabulary import codes
from services.matcher.domain.criteria.encoding import NEUTRAL, ByTable
from services.matcher.domain.criteria.lookup_tables import by_answers
from services.matcher.domain.criteria.pool import Pool


def by_bands(pool: Pool, criterion: str, mentees: Sequence[str | None], mentors: Sequence[str | None]) -> ByTable:
    """Points from the criterion's ``by_distance`` list; a side that does not say is neutral."""
    told = pool.told(criterion)
    bands = codes(told["axis"])
    by_distance = [int(points) for points in told["by_distance"]]

    def points(one: str | None, other: str | None) -> int:
        if one not in bands or other not in bands:
            return NEUTRAL
        return by_distance[min(abs(bands.index(one) - bands.index(other)), len(by_distance) - 1)]

    return by_answers(mentees, mentors, points)
