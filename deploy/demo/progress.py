"""A progress bar on a terminal, or occasional lines in a log file."""

import sys
import time


class Progress:
    """Counts towards ``total`` under a title: a bar on a terminal, a line per tenth elsewhere."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = max(total, 1)
        self._done = 0
        self._shown = -1
        self._began = time.monotonic()
        self._terminal = sys.stdout.isatty()

    def step(self, done: int | None = None) -> None:
        """Count one more, or set the count to ``done``."""
        self._done = self._done + 1 if done is None else done
        tenth = self._done * (100 if self._terminal else 10) // self._total
        if tenth != self._shown:
            self._shown = tenth
            self._show(end="" if self._terminal else "\n")

    def finish(self) -> None:
        """End the line."""
        if self._terminal:
            self._show(end="\n")

    def _show(self, *, end: str) -> None:
        filled = min(30, 30 * self._done // self._total)
        bar = "█" * filled + "·" * (30 - filled)
        start = "\r" if self._terminal else ""
        seconds = time.monotonic() - self._began
        print(f"{start}{self._title:<22} {bar} {self._done}/{self._total}  {seconds:5.1f} s", end=end, flush=True)
