"""The wish to stop, shared by a signal handler and every loop of a process."""

from __future__ import annotations

import os
import sys
import threading


class Stop(threading.Event):
    """Set once by SIGTERM or SIGINT. Loops ask `is_set()` between pieces of work and wait with `wait(seconds)`."""

    def __init__(self) -> None:
        super().__init__()
        self._clock: threading.Timer | None = None

    def end_hard_after(self, seconds: float) -> None:
        """End the whole process after `seconds`, whatever it is doing, unless `finished` is called before."""
        self._clock = threading.Timer(seconds, _end_hard)
        self._clock.daemon = True
        self._clock.start()

    def finished(self) -> None:
        """Say that the role has returned; takes the hard end back."""
        if self._clock is not None:
            self._clock.cancel()


def _end_hard() -> None:
    sys.stderr.write("did not stop in time: ended hard\n")
    sys.stderr.flush()
    os._exit(1)
