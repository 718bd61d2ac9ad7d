"""People who compete for the same few places: the set that proves a shortage.

When nobody suitable has a place left for somebody, follow the pairs: from the person to every seat they could take,
from each full seat to the people who sit in it, and on from them. If no free seat is reached, the people found need
more seats than there are among all the mentors any of them could meet: a violator of Hall's condition (P. Hall, 1935),
and the most telling reason there is. "These 9 people share only 4 places with 2 mentors, all Spanish-speaking."
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.domain.arrays import I64
from services.matcher.domain.features.problem import Problem
from services.matcher.domain.features.rules import Flags
from services.matcher.domain.people import Mentee

if TYPE_CHECKING:
    import networkx as nx

_MENTEE, _SEAT = 0, 1
Node = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """``mentees`` share only ``places`` places, all with ``mentors``; ids, sorted.

    ``have_in_common`` says what is the same for all of them, as criterion and code (``("language", "es")``).
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    places: int
    have_in_common: tuple[tuple[str, str], ...]


def crowd_of(problem: Problem, mentor_of: Sequence[int], mentee: int) -> Crowd | None:
    """The crowd around a mentee (row) whom the round left waiting; None when a free place can be reached.

    ``mentor_of`` gives each mentee's mentor row, -1 for none. In a round that matches as many people as possible a free
    place is never within reach of somebody who waits, unless the quality floor or the dial kept it so.
    """
    import networkx as nx  # half a second to load, and only a question about somebody who waits needs it

    graph = _seating(problem, mentor_of, mentee)
    if graph is None:
        return None
    reached = nx.descendants(graph, (_MENTEE, mentee)) | {(_MENTEE, mentee)}
    seats = sorted(row for side, row in reached if side == _SEAT)
    if not seats:
        return None
    pool = problem.pool
    mentees = [pool.mentees[row] for side, row in sorted(reached) if side == _MENTEE]
    mentors = [pool.mentors[row] for row in sorted({int(problem.seats.mentor_rows[seat]) for seat in seats})]
    return Crowd(
        mentees=tuple(sorted(one.id for one in mentees)),
        mentors=tuple(sorted(one.id for one in mentors)),
        places=int(problem.seats.places[seats].sum()),
        have_in_common=in_common(mentees),
    )


def in_common(mentees: Sequence[Mentee]) -> tuple[tuple[str, str], ...]:
    """What all these people asked for alike: a language, a type, a relation, a device class, a condition."""
    told = [
        {("language", one.tag) for one in mentee.facts.languages}
        | {("diabetes_type", mentee.facts.diabetes_type), ("relation", mentee.facts.relation)}
        | {("device", one.device_class) for one in mentee.facts.devices}
        | {(f"must:{one.criterion}", one.value) for one in mentee.facts.musts}
        | {("format", one) for one in mentee.facts.formats}
        for mentee in mentees
    ]
    return tuple(sorted(set.intersection(*told))) if told else ()


def _seating(problem: Problem, mentor_of: Sequence[int], start: int) -> "nx.DiGraph[Node] | None":
    """Arrows from people to seats they could take, and on to who sits there; None as soon as a free seat is reached.

    A seat that was reached already gets no second arrow: it leads nowhere new, and each person adds fewer and fewer.
    """
    import networkx as nx

    occupants = seat_plan(problem, mentor_of)
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_node((_MENTEE, start))
    unseen = np.arange(len(problem.seats.places))
    waiting = [start]
    while waiting:
        row = waiting.pop()
        takes = takes_seats(problem, row, unseen)
        found, unseen = unseen[takes].tolist(), unseen[~takes]
        for seat in found:
            if len(occupants[seat]) < problem.seats.places[seat]:
                return None
            waiting += [other for other in occupants[seat] if (_MENTEE, other) not in graph]
            graph.add_edge((_MENTEE, row), (_SEAT, seat))
            graph.add_edges_from(((_SEAT, seat), (_MENTEE, other)) for other in occupants[seat])
    return graph


def takes_seats(problem: Problem, mentee: int, seats: I64) -> Flags:
    """Which of some seats (columns) a mentee could take, all rules considered."""
    mentors = problem.seats.mentor_rows[seats]
    fine: Flags = problem.rules.met_by(mentee, seats)
    excluded = problem.reading.book.excluded.get(mentee)
    if excluded:
        fine &= ~np.isin(mentors, list(excluded))
    return fine & problem.reading.allowed(mentee, mentors)


def seat_plan(problem: Problem, mentor_of: Sequence[int]) -> dict[int, list[int]]:
    """Who sits in which seat: the people of each mentor take the narrowest seats first, so that everybody sits."""
    seats = problem.seats
    columns_of, sitting_with = _by_number(seats.mentor_rows.tolist()), _by_number(mentor_of)
    plan: dict[int, list[int]] = {seat: [] for seat in range(len(seats.mentor_rows))}
    for mentor, theirs in sorted(sitting_with.items()):
        columns = sorted(columns_of.get(mentor, ()), key=lambda seat: int(seats.masks[seat]).bit_count())
        takes = {
            row: [s for s in columns if int(seats.masks[s]) & int(problem.rules.any_mentee[0, row])] for row in theirs
        }
        for row in sorted(theirs, key=lambda one: (len(takes[one]), one)):
            seat = next((s for s in takes[row] if len(plan[s]) < seats.places[s]), None)
            if seat is not None:
                plan[seat].append(row)
    return plan


def _by_number(numbers: Sequence[int]) -> dict[int, list[int]]:
    """The places at which each number stands; -1 is none."""
    found: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        if number >= 0:
            found.setdefault(number, []).append(place)
    return found
