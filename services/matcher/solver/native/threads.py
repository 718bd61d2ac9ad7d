"""Run slices of work on a few threads; the compiled core releases the interpreter's lock.

A free thread takes the next slice, so a slow thread delays only its own slice. At most two threads unless set
otherwise: the passes are bound by memory bandwidth, and a server has other work.
"""

import os
import threading
from collections.abc import Callable, Iterator

MOST = 2  # threads by default
Slice = tuple[int, int]  # start, stop


def threads_for(slices: int, asked: int | None) -> int:
    """Return the number of threads: ``asked``, or one per processor up to ``MOST``; at most one per slice."""
    offered = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(slices, asked or min(MOST, offered)))


def share_out(
    slices: list[Slice], lanes: int, work: Callable[[int, Slice], None], pause: Callable[[float], None]
) -> None:
    """Call ``work(lane, slice)`` for every slice; calls of one lane never overlap. ``pause`` runs in this thread only.

    An exception in any lane stops all lanes and is raised here.
    """
    pause(0.0)
    remaining = _Remaining(slices)
    faults: list[BaseException] = []

    def run_lane(lane: int) -> None:
        try:
            for _, part in remaining:
                work(lane, part)
        except BaseException as fault:  # raised again in the calling thread
            faults.append(fault)
            remaining.stop()

    others = [threading.Thread(target=run_lane, args=(lane,), daemon=True) for lane in range(1, lanes)]
    for other in others:
        other.start()
    try:
        for done, part in remaining:
            pause(done)
            work(0, part)
    finally:
        remaining.stop()
        for other in others:
            other.join()
    if faults:
        raise faults[0]


class _Remaining:
    """An iterator over the remaining slices, with the share of slices taken before; shared by threads."""

    def __init__(self, slices: list[Slice]) -> None:
        self._slices = slices
        self._next = 0
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[tuple[float, Slice]]:
        while True:
            with self._lock:
                at = self._next
                self._next += 1
            if at >= len(self._slices):
                return
            yield at / len(self._slices), self._slices[at]

    def stop(self) -> None:
        with self._lock:
            self._next = len(self._slices)
