"""Restart processes that end by themselves: each one alone, after growing pauses, while the others go on."""

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
        """Return its log file."""
        ...

    def start(self) -> None:
        """Start it."""
        ...

    def is_alive(self) -> bool:
        """Return whether it runs."""
        ...

    def exit_code(self) -> int | None:
        """Return its exit code, or None while it runs."""
        ...

    def last_words(self) -> str:
        """Return the end of its log."""
        ...


@dataclass
class _State:
    """State of one process: its start, and the time of its restart when it has ended (monotonic seconds)."""

    since: float
    due: float | None = None
    backoff: Backoff = field(default_factory=lambda: Backoff(first=0.5, longest=30.0))


class Supervisor:
    """Keep ``children`` running; ``say`` prints a line for people. Call ``look`` about twice a second.

    The first restart comes after half a second at most, later ones after up to half a minute; a minute without a
    failure resets the pause. Restarts never end: the other processes remain useful meanwhile.
    """

    def __init__(
        self, children: Mapping[str, Kept], say: Callable[[str], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._children = children
        self._say = say
        self._now = now
        self._states = {name: _State(now()) for name in children}

    def look(self) -> None:
        """Detect processes that ended, and start those that are due."""
        for name, child in self._children.items():
            state = self._states[name]
            if state.due is not None:
                self._start_when_due(child, state)
            elif not child.is_alive():
                self._note_end(name, child, state)
            elif self._now() - state.since >= _STEADY_SECONDS:
                state.backoff.reset()

    def _start_when_due(self, child: Kept, state: _State) -> None:
        if state.due is not None and self._now() >= state.due:
            child.start()
            state.since, state.due = self._now(), None

    def _note_end(self, name: str, child: Kept, state: _State) -> None:
        pause = state.backoff.next()
        state.due = self._now() + pause
        self._say(f"{name} ended ({child.exit_code()}); starting it again in {pause:.1f} s. The others go on.")
        if state.backoff.tries == _QUICK_ENDS:
            self._say(f"{name} keeps ending; its last words (all of them in {child.log}):\n{child.last_words()}")
