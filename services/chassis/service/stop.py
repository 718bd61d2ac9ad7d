"""The stop request, shared by the signal handler and all loops of a process."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence


class Stop(threading.Event):
    """An event set once by SIGTERM or SIGINT.

    Loops check ``is_set()`` between pieces of work and pause with ``wait(seconds)``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._timer: threading.Timer | None = None

    def end_hard_after(self, seconds: float) -> None:
        """Kill the process after ``seconds``, whatever it is doing, unless ``finished`` is called before."""
        self._timer = threading.Timer(seconds, _end_hard)
        self._timer.daemon = True
        self._timer.start()

    def finished(self) -> None:
        """Cancel ``end_hard_after``: the role has returned."""
        if self._timer is not None:
            self._timer.cancel()


def _end_hard() -> None:
    sys.stderr.write("did not stop in time: ended hard\n")
    sys.stderr.flush()
    os._exit(1)


def run_in_threads(loops: Sequence[Callable[[], None]], stop: Stop) -> None:
    """Run each loop in a thread, the first in the current one; when the first ends, in whatever way, stop all."""
    threads = [threading.Thread(target=loop, name=f"worker {n}") for n, loop in enumerate(loops[1:], start=2)]
    for thread in threads:
        thread.start()
    try:
        loops[0]()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
