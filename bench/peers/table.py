"""The peers, whether they are exact, and up to which size they run by default."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

from bench.peers import (
    greedy,
    lapx_dense,
    mentor_match,
    networkx_full,
    networkx_weight,
    ortools_flow,
    scipy_dense,
    scipy_sparse,
    stable,
)
from bench.peers.pairs import Pairs
from bench.peers.peer import Peer


class Entry(NamedTuple):
    """``exact``: it returns the highest value; ``largest``: most mentees in a default run; ``there``: installed."""

    prepare: Callable[[Pairs], Peer]
    exact: bool
    largest: int
    there: bool = True


PEERS: dict[str, Entry] = {
    "ortools flow": Entry(ortools_flow.prepare, True, 20_000, find_spec("ortools") is not None),
    "scipy dense": Entry(scipy_dense.prepare, True, 5_000),
    "scipy sparse": Entry(scipy_sparse.prepare, True, 5_000),
    "lapx dense": Entry(lapx_dense.prepare, True, 5_000, find_spec("lap") is not None),
    "networkx full": Entry(networkx_full.prepare, True, 1_000),
    "networkx weight": Entry(networkx_weight.prepare, True, 1_000),
    "mentor-match": Entry(mentor_match.prepare, True, 1_000, mentor_match.FOLDER.exists()),
    "matching": Entry(stable.prepare, False, 1_000, find_spec("matching") is not None),
    "greedy": Entry(greedy.prepare, False, 20_000),
}
