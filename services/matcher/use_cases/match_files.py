"""Match people without any service: from lists of mentees and mentors to a result and what other ways would give."""

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
    """The round's result, and the outcome of each policy asked for, the optimum first (empty when none was asked).

    ``shared_score`` is the score of all eligible pairs where nothing tells them apart, else None.
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
    """Run one round over everybody; KeyError for an unknown policy."""
    snapshot = Snapshot(programme="files", at=at, weights=weights, mentees=mentees, mentors=mentors)
    result = run_round(snapshot)
    outcomes = compare_baselines(solve_pool(snapshot), policies) if policies else ()
    return FilesMatched(result, outcomes, _shared_score(snapshot, result))


def _shared_score(snapshot: Snapshot, result: RoundResult) -> int | None:
    """Look at all pairs only where the chosen ones are alike."""
    if len({one.score for one in result.proposals}) != 1:
        return None
    return shared_score(weigh_pool(Pool(snapshot.mentees, snapshot.mentors, snapshot.at, snapshot.weights)))
