"""Pause Python's search for reference cycles during work that makes many objects and hardly any cycles.

The search visits every object of the process each time their number has grown by a quarter, so a large piece of work
pays for it several times. Objects without cycles are freed at once all the same, by their reference count.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_pauses = 0


@contextmanager
def search_for_cycles_paused() -> Iterator[None]:
    """Pause the search in the whole process until the last of all contexts has ended; safe to nest and to share."""
    _change_pauses(1)
    try:
        yield
    finally:
        _change_pauses(-1)


def _change_pauses(by: int) -> None:
    global _pauses  # noqa: PLW0603 - the search itself is one per process
    with _lock:
        _pauses += by
        if _pauses:
            gc.disable()
        else:
            gc.enable()
