"""How long people may take and how often they are asked: what a programme promises both sides."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms that a programme sets for its rounds.

    ``debounce``: how long a round waits for others who sign up at the same time; ``round_time``: how long the engine
    may look for an answer, ``round_megabytes`` what its working arrays may take. ``snapshots_kept`` last rounds keep
    what they read and decided, and so does every round younger than ``snapshots_for``. The rest speaks for itself.
    """

    time_to_answer: timedelta = timedelta(hours=72)
    time_to_confirm: timedelta = timedelta(hours=72)
    debounce: timedelta = timedelta(milliseconds=300)
    lapses_before_rest: int = 2
    rest: timedelta = timedelta(days=14)
    rounds_kept: timedelta = timedelta(days=90)
    round_time: timedelta = timedelta(minutes=10)
    round_megabytes: int = 1000
    snapshots_kept: int = 20
    snapshots_for: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a question to the engine may take while somebody waits for the answer.

    ``pairs`` and ``all_pairs`` are mentees who wait times mentors: the first for answers that settle the pool again,
    the second for those that look at every single pair. ``seconds`` bound one answer, ``wait`` the turn before it.
    """

    pairs: int = 200_000_000
    all_pairs: int = 10_000_000
    seconds: float = 30.0
    wait: float = 2.0
