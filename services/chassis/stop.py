"""The wish to stop, shared by a signal handler and every loop of a process."""

from __future__ import annotations

import threading


class Stop(threading.Event):
    """Set once by SIGTERM or SIGINT. Loops ask `is_set()` between pieces of work and wait with `wait(seconds)`."""
