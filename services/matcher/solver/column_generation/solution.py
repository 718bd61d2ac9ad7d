"""The answer of a round."""

from dataclasses import dataclass

from ..arrays import I64
from ..assignment import Assignment, Certificate, Edges


@dataclass(frozen=True)
class Stats:
    """What the run did; counts only, no clock."""

    eligible_pairs: int  # pairs that pass the hard rules
    core_edges: int  # pairs the assignment was solved on; the rest are proved useless by the prices
    groups: int  # distinct kinds of mentee as the rules see them
    rounds: int  # pricing rounds until no violation was left
    compiled: bool  # whether the compiled core ran


@dataclass(frozen=True)
class Solution:
    """The best assignment with its proof over all eligible pairs, and what explanations need at once."""

    assignment: Assignment
    certificate: Certificate
    alternates: I64  # (M, A) the best other mentors of each matched mentee, best first, -1 where there are fewer
    eligible_count: I64  # (M,) eligible mentors per mentee, whatever their score
    core: Edges  # the pairs the assignment was solved on, for `Standing` and explanations
    stats: Stats
