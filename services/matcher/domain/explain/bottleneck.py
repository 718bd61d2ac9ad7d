"""People who compete for the same few places: the set that proves a shortage.

When no suitable mentor has a place left for a mentee, follow alternating paths: from the mentee to every eligible
mentor, from each mentor to the people whose place the mentee could take, and on from them. If no free place is reached,
the people reached need one more place than all mentors eligible for any of them have: a violator of Hall's condition
(P. Hall, 1935; for the limits of a mentor, which are a matroid, R. Rado, 1942), and so a proof of the shortage.
"These 9 people share only 4 places with 2 mentors, all Spanish-speaking."
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.formulation.placement import Placement
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.check_pairs import may_meet

if TYPE_CHECKING:
    import networkx as nx

_MENTEE = "mentee"
Node = tuple[str, int]  # a mentee (row), or a mentor (row) for one request shape


@dataclass(frozen=True, kw_only=True)
class Bottleneck:
    """``mentees`` share only ``places`` places, all with ``mentors``; ids, sorted.

    ``have_in_common`` is what all of them share, as criterion and code (``("language", "es")``).
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    places: int
    have_in_common: tuple[tuple[str, str], ...]


def bottleneck_of(weighted_pool: WeightedPool, mentor_of: Sequence[int], mentee: int) -> Bottleneck | None:
    """Return the bottleneck around a mentee (row) without a mentor; None when a free place can be reached.

    ``mentor_of`` gives each mentee's mentor row, -1 for none. In a round that matches as many people as possible, no
    waiting mentee can reach a free place, except because of the quality floor or the dial.
    """
    import networkx as nx  # takes half a second to load, and only this function needs it

    graph = _rivals(weighted_pool, mentor_of, mentee)
    if graph is None:
        return None
    reached = nx.descendants(graph, (_MENTEE, mentee))
    if not reached:
        return None
    pool = weighted_pool.pool
    rivals = [pool.mentees[row] for side, row in sorted(reached) if side == _MENTEE]
    mentees = [pool.mentees[mentee], *rivals]
    mentors = [pool.mentors[row] for row in sorted({row for side, row in reached if side != _MENTEE})]
    return Bottleneck(
        mentees=tuple(sorted(person.id for person in mentees)),
        mentors=tuple(sorted(person.id for person in mentors)),
        places=len(rivals),  # each of them has a place, and none is left for the mentee
        have_in_common=in_common(mentees),
    )


def in_common(mentees: Sequence[Mentee]) -> tuple[tuple[str, str], ...]:
    """Return what all these people ask for: languages, type, relation, device classes, musts, ways to talk."""
    answers = [
        {("language", language.tag) for language in mentee.facts.languages}
        | {("diabetes_type", mentee.facts.diabetes_type), ("relation", mentee.facts.relation)}
        | {("device", device.device_class) for device in mentee.facts.devices}
        | {(f"must:{must.criterion}", must.value) for must in mentee.facts.musts}
        | {("format", way) for way in mentee.facts.formats}
        for mentee in mentees
    ]
    return tuple(sorted(set.intersection(*answers))) if answers else ()


def _rivals(weighted_pool: WeightedPool, mentor_of: Sequence[int], start: int) -> "nx.DiGraph[Node] | None":
    """Return the graph of edges from mentees to mentors and on to rivals; None where a free place is reached.

    A mentor is one node per request shape, since the rivals of a long haul may differ from those of a small request.
    A mentor node that was reached already gets no second edge: it leads to nothing new.
    """
    import networkx as nx

    placed, shape_of = Placement(weighted_pool, mentor_of), weighted_pool.pool.shape_of
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_node((_MENTEE, start))
    unseen = {shape: np.arange(len(weighted_pool.pool.mentors)) for shape in set(shape_of)}
    waiting = [start]
    while waiting:
        row = waiting.pop()
        shape = shape_of[row]
        mentors = unseen[shape]
        meets = may_meet(weighted_pool.rules, np.array(row), mentors)
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
