"""Match people without any service: from lists of mentees and mentors to a result and what other ways would give."""

from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.insights.policies import Outcome, compare
from services.matcher.domain.people import Mentee, Mentor
from services.matcher.domain.round import RoundResult, Snapshot, run_round, settle
from services.matcher.domain.weights import Weights


@dataclass(frozen=True)
class FilesMatched:
    """The round's result, and the outcome of each policy asked for, the optimum first (empty when none was asked)."""

    result: RoundResult
    outcomes: tuple[Outcome, ...]


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
    return FilesMatched(result, compare(settle(snapshot), policies) if policies else ())
