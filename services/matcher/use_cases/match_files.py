"""Match lists of mentees and mentors without a running service, and compare policies."""

from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.insights.baselines import BaselineResult, compare_baselines
from services.matcher.domain.insights.equal_scores import shared_score
from services.matcher.domain.round import RoundResult, Snapshot, run_round, solve_pool
from services.matcher.domain.weights import Weights


@dataclass(frozen=True)
class FilesMatched:
    """The round's result, and the outcome of each requested policy, the optimum first (empty without a request).

    ``shared_score`` is the score of all eligible pairs where they all have the same, else None.
    """

    result: RoundResult
    outcomes: tuple[BaselineResult, ...]
    shared_score: int | None


def match_files(
    mentees: tuple[Mentee, ...],
    mentors: tuple[Mentor, ...],
    weights: Weights,
    at: datetime,
    policies: tuple[str, ...] = (),
) -> FilesMatched:
    """Run one round over all of them; raise KeyError for an unknown policy."""
    snapshot = Snapshot(programme="files", at=at, weights=weights, mentees=mentees, mentors=mentors)
    result = run_round(snapshot)
    outcomes = compare_baselines(solve_pool(snapshot), policies) if policies else ()
    return FilesMatched(result, outcomes, _shared_score(snapshot, result))


def _shared_score(snapshot: Snapshot, result: RoundResult) -> int | None:
    """Return the score that all eligible pairs share, or None. Looks at all pairs only if the chosen ones share one."""
    if len({proposal.score for proposal in result.proposals}) != 1:
        return None
    return shared_score(weigh_pool(Pool(snapshot.mentees, snapshot.mentors, snapshot.at, snapshot.weights)))
