"""Processor time and memory of processes and their descendants, from ``/proc`` (Linux only)."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Megabytes: ``rss`` counts shared pages whole, ``pss`` counts each process's share of them."""

    rss: float
    pss: float


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor seconds of these processes and their descendants, ended children included."""
    return sum(_used(pid) for root in pids for pid in tree(root)) / _TICKS


def memory(pids: Iterable[int]) -> Memory:
    """Return the memory of these processes and their descendants."""
    all_pids = [pid for root in pids for pid in tree(root)]
    return Memory(
        sum(_kilobytes(pid, "Rss") for pid in all_pids) / 1e3, sum(_kilobytes(pid, "Pss") for pid in all_pids) / 1e3
    )


def tree(root: int) -> Iterator[int]:
    """Yield a process and its descendants."""
    parents = {int(stat.parent.name): _fields(stat)[1] for stat in Path("/proc").glob("[0-9]*/stat") if _fields(stat)}
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        if pid in parents:
            yield pid
        waiting += [child for child, parent in parents.items() if parent == str(pid)]


def _fields(stat: Path) -> list[str]:
    """Return the fields after the name: state, parent, ...; empty if the process has ended."""
    try:
        return stat.read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _used(pid: int) -> int:
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return sum(map(int, fields[11:15])) if fields else 0  # utime, stime, and those of children that ended


def _kilobytes(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
