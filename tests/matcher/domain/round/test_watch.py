"""One watch for a whole round: its time, its cancellation and its progress go through everything a round does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest

from services.matcher.domain.round import Snapshot, decide_round
from services.matcher.solver.column_generation import STEPS, Watch
from services.matcher.solver.errors import RunCancelledError, TimeLimitReachedError
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken, weights

# Modules, by their full names: some share theirs with the function they are about.
deciding = import_module("services.matcher.domain.round.decide_round")
settling = import_module("services.matcher.domain.round.solve_pool")


@dataclass
class Clock:
    """Time that passes only where a test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Told:
    """What a round said of its progress; each word of it takes so many seconds."""

    clock: Clock = field(default_factory=Clock)
    seconds_each: float = 0.0
    steps: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, step: str, share: float) -> None:
        self.steps.append((step, share))
        self.clock.now += self.seconds_each


def a_programme() -> Snapshot:
    """Some are matched, one waits for a language nobody speaks, and a floor counts."""
    mentees = [a_mentee(f"e{n}", topics=("food", "work")[n % 2 :]) for n in range(6)]
    mentors = [a_mentor(f"m{n}", topics=("food",) if n % 2 else ("work",)) for n in range(4)]
    return a_snapshot([*mentees, a_mentee("alone", languages=spoken("cy"))], mentors, weights(quality_floor=30))


def test_a_round_tells_its_steps_in_order_and_never_goes_back() -> None:
    told = Told()
    decide_round(a_programme(), watch=Watch(progress=told))
    places = [(STEPS.index(step), share) for step, share in told.steps]
    assert places == sorted(places)
    assert {step for step, _ in told.steps} >= {"features", "score", "assign", "reasons"}
    assert (told.steps[0], told.steps[-1]) == (("features", 0.0), ("reasons", 1.0))


def test_the_seconds_are_those_of_the_whole_round_and_not_of_one_step() -> None:
    told = Told(seconds_each=1.0)
    decide_round(a_programme(), watch=Watch(progress=told, seconds=100.0, clock=told.clock))
    whole = len(told.steps)
    for seconds in range(whole - 1):
        told = Told(seconds_each=1.0)
        with pytest.raises(TimeLimitReachedError, match=f"not done within {seconds}.5 seconds"):
            decide_round(a_programme(), watch=Watch(progress=told, seconds=seconds + 0.5, clock=told.clock))
        assert len(told.steps) == seconds + 1


@pytest.mark.parametrize(
    ("module", "slow", "noticed"),
    [(settling, "weigh_pool", "features"), (settling, "assign", "score"), (deciding, "parts_of", "reasons")],
)
def test_time_that_any_part_takes_counts(module: Any, slow: str, noticed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, quick = Clock(), getattr(module, slow)

    def takes_a_minute(*told: Any, **more: Any) -> Any:
        clock.now += 60
        return quick(*told, **more)

    monkeypatch.setattr(module, slow, takes_a_minute)
    assert decide_round(a_programme(), watch=Watch(seconds=61, clock=clock)).result.proposals
    with pytest.raises(TimeLimitReachedError, match=rf"not done within 59 seconds \(at {noticed}\)"):
        decide_round(a_programme(), watch=Watch(seconds=59, clock=clock))


def test_two_rounds_of_one_watch_share_its_time() -> None:
    clock = Clock()
    watch = Watch(seconds=10, clock=clock)
    decide_round(a_programme(), watch=watch)
    clock.now = 10.5
    with pytest.raises(TimeLimitReachedError):
        decide_round(a_programme(), watch=watch)


def test_a_round_hears_wherever_it_is_that_it_was_cancelled() -> None:
    heard = set()
    told = Told()
    decide_round(a_programme(), watch=Watch(progress=told))
    for looks in range(len(told.steps)):
        short = Told()
        with pytest.raises(RunCancelledError, match="cancelled during") as error:
            decide_round(a_programme(), watch=Watch(progress=short, cancelled=_after(short, looks)))
        heard.add(str(error.value).split()[-1])
    assert heard >= {"features", "score", "assign", "reasons"}


def _after(told: Told, looks: int) -> Callable[[], bool]:
    return lambda: len(told.steps) >= looks
