"""Other solvers on the same problem. Each is given the scores of all eligible pairs, and no other work than solving."""

from bench.peers.pairs import Pairs, eligible_pairs
from bench.peers.peer import Peer
from bench.peers.table import PEERS, Entry

__all__ = ["PEERS", "Entry", "Pairs", "Peer", "eligible_pairs"]
