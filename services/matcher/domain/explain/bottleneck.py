"""People who compete for the same few places: the set that proves a shortage.

When nobody suitable has a place left for somebody, follow the pairs: from the person to every mentor they could meet,
from each of those to the people in whose place they could come, and on from them. If no free place is reached, the
people found need one place more than there is for them among all the mentors any of them could meet: a violator of
Hall's condition (P. Hall, 1935; for the limits of a mentor, which are a matroid, R. Rado, 1942), and the most telling
reason there is. "These 9 people share only 4 places with 2 mentors, all Spanish-speaking."
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.formulation.check_pairs import passing
from services.matcher.domain.formulation.placement import Placement
from services.matcher.domain.formulation.round_problem import RoundProblem

if TYPE_CHECKING:
    import networkx as nx

_MENTEE = "mentee"
Node = tuple[str, int]  # a mentee (row), or a mentor (row) by the shape of a request


@dataclass(frozen=True, kw_only=True)
class Bottleneck:
    """``mentees`` share only ``places`` places, all with ``mentors``; ids, sorted.

    ``have_in_common`` says what is the same for all of them, as criterion and code (``("language", "es")``).
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    places: int
    have_in_common: tuple[tuple[str, str], ...]


def bottleneck_of(problem: RoundProblem, mentor_of: Sequence[int], mentee: int) -> Bottleneck | None:
    """The crowd around a mentee (row) whom the round left waiting; None when a free place can be reached.

    ``mentor_of`` gives each mentee's mentor row, -1 for none. In a round that matches as many people as possible a free
    place is never within reach of somebody who waits, unless the quality floor or the dial kept it so.
    """
    import networkx as nx  # half a second to load, and only a question about somebody who waits needs it

    graph = _rivals(problem, mentor_of, mentee)
    if graph is None:
        return None
    reached = nx.descendants(graph, (_MENTEE, mentee))
    if not reached:
        return None
    pool = problem.pool
    rivals = [pool.mentees[row] for side, row in sorted(reached) if side == _MENTEE]
    mentees = [pool.mentees[mentee], *rivals]
    mentors = [pool.mentors[row] for row in sorted({row for side, row in reached if side != _MENTEE})]
    return Bottleneck(
        mentees=tuple(sorted(one.id for one in mentees)),
        mentors=tuple(sorted(one.id for one in mentors)),
        places=len(rivals),  # each of them has one, and none is left for the mentee
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


def _rivals(problem: RoundProblem, mentor_of: Sequence[int], start: int) -> "nx.DiGraph[Node] | None":
    """Arrows from people to mentors, and on to those in whose place they could come; None where a place is free.

    A mentor is a node for each shape of request: a long haul may have others in its way than a small one. A node that
    was reached already gets no second arrow: it leads nowhere new, and each person adds fewer and fewer.
    """
    import networkx as nx

    placed, weighted_pool, shape_of = Placement(problem, mentor_of), problem.weighted_pool, problem.pool.shape_of
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_node((_MENTEE, start))
    unseen = {shape: np.arange(len(problem.pool.mentors)) for shape in set(shape_of)}
    waiting = [start]
    while waiting:
        row = waiting.pop()
        shape = shape_of[row]
        mentors = unseen[shape]
        meets = passing(weighted_pool, np.full(len(mentors), row), mentors)
        unseen[shape] = mentors[~meets]
        for mentor in mentors[meets].tolist():
            if placed.free_for(shape)[mentor]:
                return None
            rivals = placed.in_the_way(mentor, shape)
            waiting += [other for other in rivals if (_MENTEE, other) not in graph]
            graph.add_edges_from(((shape, mentor), (_MENTEE, other)) for other in rivals)
            if rivals:
                graph.add_edge((_MENTEE, row), (shape, mentor))
    return graph
