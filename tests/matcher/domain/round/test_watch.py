"""A watch covers a whole round: its time limit, cancellation and progress apply to every step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest

from services.matcher.domain.round import Snapshot, decide_round
from services.matcher.solver.column_generation import STEPS, Watch
from services.matcher.solver.errors import RunCancelledError, TimeLimitReachedError
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken, weights

# Modules by their full names, since functions of the same name hide some of them.
deciding = import_module("services.matcher.domain.round.decide_round")
solving = import_module("services.matcher.domain.round.solve_pool")


@dataclass
class Clock:
    """A clock that advances only when a test sets it."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Progress:
    """Record the progress reports of a round; each report takes ``seconds_each`` seconds."""

    clock: Clock = field(default_factory=Clock)
    seconds_each: float = 0.0
    steps: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, step: str, share: float) -> None:
        self.steps.append((step, share))
        self.clock.now += self.seconds_each


def a_programme() -> Snapshot:
    """Return a pool with matches, a mentee whose language no mentor speaks, and a quality floor."""
    mentees = [a_mentee(f"e{n}", topics=("food", "work")[n % 2 :]) for n in range(6)]
    mentors = [a_mentor(f"m{n}", topics=("food",) if n % 2 else ("work",)) for n in range(4)]
    return a_snapshot([*mentees, a_mentee("alone", languages=spoken("cy"))], mentors, weights(quality_floor=30))


def test_a_round_reports_its_steps_in_order() -> None:
    progress = Progress()
    decide_round(a_programme(), watch=Watch(progress=progress))
    places = [(STEPS.index(step), share) for step, share in progress.steps]
    assert places == sorted(places)
    assert {step for step, _ in progress.steps} >= {"features", "score", "assign", "reasons"}
    assert (progress.steps[0], progress.steps[-1]) == (("features", 0.0), ("reasons", 1.0))


def test_the_time_limit_covers_the_whole_round() -> None:
    progress = Progress(seconds_each=1.0)
    decide_round(a_programme(), watch=Watch(progress=progress, seconds=100.0, clock=progress.clock))
    whole = len(progress.steps)
    for seconds in range(whole - 1):
        progress = Progress(seconds_each=1.0)
        with pytest.raises(TimeLimitReachedError, match=f"not done within {seconds}.5 seconds"):
            decide_round(a_programme(), watch=Watch(progress=progress, seconds=seconds + 0.5, clock=progress.clock))
        assert len(progress.steps) == seconds + 1


@pytest.mark.parametrize(
    ("module", "slow", "noticed"),
    [(solving, "weigh_pool", "features"), (solving, "assign", "score"), (deciding, "parts_of", "reasons")],
)
def test_the_time_of_every_part_counts(module: Any, slow: str, noticed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, quick = Clock(), getattr(module, slow)

    def takes_a_minute(*args: Any, **more: Any) -> Any:
        clock.now += 60
        return quick(*args, **more)

    monkeypatch.setattr(module, slow, takes_a_minute)
    assert decide_round(a_programme(), watch=Watch(seconds=61, clock=clock)).result.proposals
    with pytest.raises(TimeLimitReachedError, match=rf"not done within 59 seconds \(at {noticed}\)"):
        decide_round(a_programme(), watch=Watch(seconds=59, clock=clock))


def test_two_rounds_of_a_watch_share_its_time() -> None:
    clock = Clock()
    watch = Watch(seconds=10, clock=clock)
    decide_round(a_programme(), watch=watch)
    clock.now = 10.5
    with pytest.raises(TimeLimitReachedError):
        decide_round(a_programme(), watch=watch)


def test_a_round_can_be_cancelled_in_every_step() -> None:
    cancelled_during = set()
    progress = Progress()
    decide_round(a_programme(), watch=Watch(progress=progress))
    for looks in range(len(progress.steps)):
        partial = Progress()
        with pytest.raises(RunCancelledError, match="cancelled during") as error:
            decide_round(a_programme(), watch=Watch(progress=partial, cancelled=_after(partial, looks)))
        cancelled_during.add(str(error.value).split()[-1])
    assert cancelled_during >= {"features", "score", "assign", "reasons"}


def _after(progress: Progress, looks: int) -> Callable[[], bool]:
    return lambda: len(progress.steps) >= looks
