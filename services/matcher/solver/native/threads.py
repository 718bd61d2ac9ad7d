"""Work in slices, shared out among a few threads; the compiled core lets go of the interpreter's lock while it works.

Whoever is free takes the next slice, so a thread that the machine holds up delays its own slice only. Two threads at
most unless told otherwise: the passes are bound by memory, and a server has other things to do.
"""

import os
import threading
from collections.abc import Callable, Iterator

MOST = 2  # threads taken without being asked
Slice = tuple[int, int]  # from, to


def threads_for(slices: int, asked: int | None) -> int:
    """Return how many threads to use: what was asked for, or what the machine offers, up to `MOST`; never idle ones."""
    offered = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(slices, asked or min(MOST, offered)))


def share_out(
    slices: list[Slice], lanes: int, work: Callable[[int, Slice], None], pause: Callable[[float], None]
) -> None:
    """Call `work(lane, slice)` for every slice; no two calls of one lane at once. `pause` is asked in this thread only.

    What is raised anywhere ends all lanes and is raised here.
    """
    pause(0.0)
    left = _Left(slices)
    faults: list[BaseException] = []

    def take_part(lane: int) -> None:
        try:
            for _, one in left:
                work(lane, one)
        except BaseException as fault:  # handed over to the thread that asked
            faults.append(fault)
            left.stop()

    others = [threading.Thread(target=take_part, args=(lane,), daemon=True) for lane in range(1, lanes)]
    for other in others:
        other.start()
    try:
        for done, one in left:
            pause(done)
            work(0, one)
    finally:
        left.stop()
        for other in others:
            other.join()
    if faults:
        raise faults[0]


class _Left:
    """The slices nobody has taken yet, with the share that was taken before each."""

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
