"""Starts again what ends by itself: each process alone, after a pause that grows, while all others go on."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from services.chassis.core.backoff import Backoff

_STEADY_SECONDS = 60.0
_QUICK_ENDS = 5


class Kept(Protocol):
    """A process to keep running."""

    @property
    def log(self) -> object:
        """Where it writes."""
        ...

    def start(self) -> None:
        """Start it."""
        ...

    def is_alive(self) -> bool:
        """Whether it runs."""
        ...

    def exit_code(self) -> int | None:
        """How it ended."""
        ...

    def last_words(self) -> str:
        """The end of its log."""
        ...


@dataclass
class _Turn:
    """Where one process is: since when it runs, and when it is due if it does not (monotonic seconds)."""

    since: float
    due: float | None = None
    backoff: Backoff = field(default_factory=lambda: Backoff(first=0.5, longest=30.0))


class Keeper:
    """Keeps `children` running for ever; `say` tells a person. Call `look` about twice a second.

    The first restart comes after half a second at most, later ones wait up to half a minute; a minute of steady work
    makes the pauses short again. Nothing is ever given up: an API that serves is worth more than a tidy end.
    """

    def __init__(
        self, children: Mapping[str, Kept], say: Callable[[str], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._children = children
        self._say = say
        self._now = now
        self._turns = {name: _Turn(now()) for name in children}

    def look(self) -> None:
        """Notice what ended, and start again what is due."""
        for name, child in self._children.items():
            turn = self._turns[name]
            if turn.due is not None:
                self._start_when_due(child, turn)
            elif not child.is_alive():
                self._note_end(name, child, turn)
            elif self._now() - turn.since >= _STEADY_SECONDS:
                turn.backoff.reset()

    def _start_when_due(self, child: Kept, turn: _Turn) -> None:
        if turn.due is not None and self._now() >= turn.due:
            child.start()
            turn.since, turn.due = self._now(), None

    def _note_end(self, name: str, child: Kept, turn: _Turn) -> None:
        pause = turn.backoff.next()
        turn.due = self._now() + pause
        self._say(f"{name} ended ({child.exit_code()}); starting it again in {pause:.1f} s. The others go on.")
        if turn.backoff.tries == _QUICK_ENDS:
            self._say(f"{name} keeps ending; its last words (all of them in {child.log}):\n{child.last_words()}")
