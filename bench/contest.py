"""Run several solvers on one problem in turns, each in a separate process, so that memory is measured separately.

With turns (ours, a peer, the next peer, ours again ...) a busy machine slows down all solvers alike.
"""

import ctypes
import multiprocessing
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bench.markets import Pool, a_pool
from bench.peers import PEERS, Pairs, eligible_pairs
from services.matcher.solver.column_generation import solve

OURS = {"cairn compiled": True, "cairn plain": False}
Row = dict[str, Any]


def contest(case: Row, solvers: list[str], repeat: int, patience: float) -> dict[str, Row]:
    """Run every solver up to ``repeat`` times on the pool of ``case``; return a row per solver.

    A row has ``runs`` (wall and processor seconds of each) and the value of the last result, or ``gave_up_after`` if a
    run took longer than ``patience`` seconds, or ``failed`` with the reason. A solver that has used a quarter of
    ``patience`` gets no further run. Everything happens in a forked process, so that no case leaves memory that the
    next one reuses.
    """
    context = multiprocessing.get_context("fork")
    line, other = context.Pipe()
    process = context.Process(target=lambda: other.send(_run_all(case, solvers, repeat, patience)))
    process.start()
    other.close()
    try:
        rows: dict[str, Row] = line.recv()
    except EOFError:
        raise SystemExit("the process of a case ended (out of memory?)") from None
    process.join()
    return rows


def _run_all(case: Row, solvers: list[str], repeat: int, patience: float) -> dict[str, Row]:
    pool = a_pool(case["mentees"], case["mentors"], case["regime"], objective=case["objective"], seed=case["seed"])
    give_back_memory()
    workers = {name: Worker(name, pool, None) for name in solvers if name in OURS}  # before the pairs take memory
    pairs = eligible_pairs(pool) if len(workers) < len(solvers) else None
    give_back_memory()
    workers |= {name: Worker(name, pool, pairs) for name in solvers if name not in OURS}
    try:
        for _ in range(repeat):
            for name in solvers:
                workers[name].take_turn(patience)
        return {name: workers[name].row for name in solvers}
    finally:
        for worker in workers.values():
            worker.stop()


def give_back_memory() -> None:
    """Return free memory to the system, where the C library can, so that growth is measured."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Worker:
    """A solver in a forked process."""

    def __init__(self, name: str, pool: Pool, pairs: Pairs | None) -> None:
        context = multiprocessing.get_context("fork")
        self._line, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, name, pool, pairs), daemon=True)
        self._process.start()
        other.close()
        self.row: Row = {"runs": []}

    def take_turn(self, patience: float) -> None:
        """Run once more, unless the solver gave up, failed or used a quarter of ``patience``."""
        over = "gave_up_after" in self.row or "failed" in self.row
        if over or sum(run["wall"] for run in self.row["runs"]) > patience / 4:
            return
        self._line.send("run")
        if not self._line.poll(patience):
            self.row["gave_up_after"] = patience
            self.stop()
            return
        try:
            result = self._line.recv()
        except EOFError:
            result = {"failed": "its process ended (out of memory?)"}
        self.row["runs"] += [result.pop("run")] if "run" in result else []
        self.row.update(result)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def _serve(line: Any, name: str, pool: Pool, pairs: Pairs | None) -> None:
    """In the forked process: prepare the problem at the first request, then run once per request."""
    before, run = peak_megabytes(), None
    while True:
        line.recv()
        try:
            run = run or (_ours(pool, OURS[name]) if name in OURS else _peer(name, pairs))
            line.send({**run(), "megabytes": peak_megabytes(), "megabytes_before": before})
        except Exception as error:
            line.send({"failed": f"{type(error).__name__}: {error}"})


def _ours(pool: Pool, compiled: bool) -> Callable[[], Row]:
    def run() -> Row:
        answer, seconds = timed(
            lambda: solve(
                pool.rules, pool.scores, pool.capacity, tie_break=pool.tie_break, alternates=0, compiled=compiled
            )
        )
        return {
            "run": seconds,
            "value": answer.assignment.value,
            "matched": int((answer.assignment.mentor_of >= 0).sum()),
            "violations": answer.certificate.violations,
            "proved": answer.certificate.proves_optimal,
            "eligible_pairs": answer.stats.eligible_pairs,
            "core_edges": answer.stats.core_edges,
            "rounds": answer.stats.rounds,
        }

    return run


def _peer(name: str, pairs: Pairs | None) -> Callable[[], Row]:
    assert pairs is not None
    peer = PEERS[name].prepare(pairs)

    def run() -> Row:
        answer, seconds = timed(peer.run)
        value, matched = pairs.worth(peer.mentor_of(answer))
        return {"run": seconds, "value": value, "matched": matched}

    return run


def timed(run: Callable[[], Any]) -> tuple[Any, Row]:
    """Run once; return the answer with wall and processor seconds."""
    started, busy = time.perf_counter(), time.process_time()
    answer = run()
    return answer, {"wall": time.perf_counter() - started, "cpu": time.process_time() - busy}


def peak_megabytes() -> float:
    """Return the peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
