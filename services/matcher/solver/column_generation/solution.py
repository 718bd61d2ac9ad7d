"""The result of a solve."""

from dataclasses import dataclass

from ..arrays import I64
from ..assignment import Assignment, Certificate, Edges


@dataclass(frozen=True)
class Stats:
    """Counts of a run; no times."""

    eligible_pairs: int  # pairs that pass the hard rules
    core_edges: int  # pairs of the restricted problem; prices prove that no other pair improves it
    groups: int  # mentee classes
    rounds: int  # pricing rounds that found violated pairs
    compiled: bool  # whether the compiled core ran


@dataclass(frozen=True)
class Solution:
    """The optimal assignment, its proof over all eligible pairs, and arrays for explanations."""

    assignment: Assignment
    certificate: Certificate
    alternates: I64  # (M, A) next best mentors of each matched mentee, best first, -1 where there are fewer
    eligible_count: I64  # (M,) eligible mentors per mentee, whatever their score
    core: Edges  # pairs of the restricted problem, for ``DynamicAssignment`` and explanations
    stats: Stats
