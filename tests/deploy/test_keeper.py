"""A process that ends is started again alone, after growing pauses, and never takes the others with it."""

from __future__ import annotations

from deploy.local.keeper import Keeper


class Child:
    """A process that a test ends by hand."""

    log = "logs/child.log"

    def __init__(self) -> None:
        self.alive = True
        self.starts = 0

    def start(self) -> None:
        self.alive = True
        self.starts += 1

    def is_alive(self) -> bool:
        return self.alive

    def exit_code(self) -> int | None:
        return None if self.alive else 1

    def last_words(self) -> str:
        return "no more ink"


class Street:
    """Two processes, a clock that is moved by hand, and what was said."""

    def __init__(self) -> None:
        self.time = 0.0
        self.consumer, self.api = Child(), Child()
        self.said: list[str] = []
        children = {"matcher-consumer": self.consumer, "matcher-api": self.api}
        self.keeper = Keeper(children, self.said.append, now=lambda: self.time)

    def until_started(self) -> float:
        """End the consumer; how many seconds it takes until it runs again."""
        self.consumer.alive = False
        began = self.time
        while not self.consumer.alive:
            self.keeper.look()
            self.time += 0.1
            assert self.time < began + 60.0
        return self.time - began


def test_what_ends_is_started_again_and_the_others_are_left_alone() -> None:
    street = Street()
    assert street.until_started() < 1.0
    assert (street.consumer.starts, street.api.starts) == (1, 0)
    [line] = street.said
    assert line.startswith("matcher-consumer ended (1); starting it again in 0.")


def test_what_ends_over_and_over_is_started_for_ever_with_longer_pauses() -> None:
    street = Street()
    pauses = [street.until_started() for _ in range(40)]
    assert pauses[-1] > 10.0 > pauses[0]
    assert max(pauses) < 31.0
    assert street.api.starts == 0
    assert [line for line in street.said if "no more ink" in line] == [
        "matcher-consumer keeps ending; its last words (all of them in logs/child.log):\nno more ink"
    ]


def test_a_minute_of_steady_work_makes_the_pauses_short_again() -> None:
    street = Street()
    for _ in range(10):
        street.until_started()
    street.time += 61.0
    street.keeper.look()
    assert street.until_started() < 1.0
