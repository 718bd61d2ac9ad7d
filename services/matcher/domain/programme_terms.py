"""Deadlines, retention and limits of a programme."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Deadlines and retention of a programme.

    ``debounce``: how long a round waits for others who sign up at the same time. ``round_time`` and
    ``round_megabytes`` limit the solver's time and working arrays. Snapshots and results are stored for the last
    ``snapshots_kept`` rounds and for every round younger than ``snapshots_for``. ``lapses_before_rest`` expired offers
    give a mentor a break of ``rest``.
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
    """Limits of a request to the engine that a caller waits for.

    ``pairs`` and ``all_pairs`` bound waiting mentees times mentors: the first for requests that solve the pool again,
    the second for those that visit every single pair. ``seconds`` bounds the computation, ``wait`` the queueing time.
    """

    pairs: int = 200_000_000
    all_pairs: int = 10_000_000
    seconds: float = 30.0
    wait: float = 2.0
