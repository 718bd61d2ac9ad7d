"""Other solvers on the same problem. Each gets the scores of all eligible pairs, so that only solving is measured."""

from bench.peers.pairs import Pairs, eligible_pairs
from bench.peers.peer import Peer
from bench.peers.table import PEERS, Entry

__all__ = ["PEERS", "Entry", "Pairs", "Peer", "eligible_pairs"]
