"""A process that ends is restarted alone, after growing pauses, while the others go on."""

from __future__ import annotations

from deploy.local.supervisor import Supervisor


class Child:
    """A fake process that a test ends."""

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


class Harness:
    """Two fake processes, a clock controlled by the test, and the printed lines."""

    def __init__(self) -> None:
        self.time = 0.0
        self.consumer, self.api = Child(), Child()
        self.printed: list[str] = []
        children = {"matcher-consumer": self.consumer, "matcher-api": self.api}
        self.supervisor = Supervisor(children, self.printed.append, now=lambda: self.time)

    def seconds_to_restart(self) -> float:
        """End the consumer; return the seconds until it runs again."""
        self.consumer.alive = False
        began = self.time
        while not self.consumer.alive:
            self.supervisor.look()
            self.time += 0.1
            assert self.time < began + 60.0
        return self.time - began


def test_an_ended_process_is_restarted_and_the_others_are_not() -> None:
    harness = Harness()
    assert harness.seconds_to_restart() < 1.0
    assert (harness.consumer.starts, harness.api.starts) == (1, 0)
    [line] = harness.printed
    assert line.startswith("matcher-consumer ended (1); starting it again in 0.")


def test_a_process_that_keeps_ending_is_restarted_with_longer_pauses() -> None:
    harness = Harness()
    pauses = [harness.seconds_to_restart() for _ in range(40)]
    assert pauses[-1] > 10.0 > pauses[0]
    assert max(pauses) < 31.0
    assert harness.api.starts == 0
    assert [line for line in harness.printed if "no more ink" in line] == [
        "matcher-consumer keeps ending; its last words (all of them in logs/child.log):\nno more ink"
    ]


def test_a_minute_without_failure_resets_the_pause() -> None:
    harness = Harness()
    for _ in range(10):
        harness.seconds_to_restart()
    harness.time += 61.0
    harness.supervisor.look()
    assert harness.seconds_to_restart() < 1.0
