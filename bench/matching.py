"""How fast and how good: our kernel from profiles to a proved optimum, beside solvers that get the scores for free.

    python -m bench.matching --sizes 1000x300,5000x1500 --peers --out bench/results/matching.json

Every case runs in a process of its own (so peak memory is its own); wall and processor seconds are medians of the raw
runs, which the JSON keeps. On a busy machine the processor seconds are the ones to compare.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.markets import PLACES_PER_MENTEE, a_pool
from bench.peers import EXACT, PEERS, eligible_pairs
from services.matcher.domain.compiled.build import build
from services.matcher.domain.solve import solve

FLOOR = 375e6  # eligible pairs a second at the bare scoring rate
Row = dict[str, Any]


def timed(run: Callable[[], Any], repeat: int) -> tuple[Any, Row]:
    """Run `repeat` times; return the last answer and the seconds."""
    wall, processor, answer = [], [], None
    for _ in range(repeat):
        started, busy = time.perf_counter(), time.process_time()
        answer = run()
        wall.append(time.perf_counter() - started)
        processor.append(time.process_time() - busy)
    return answer, {
        "wall": statistics.median(wall),
        "cpu": statistics.median(processor),
        "cpu_min": min(processor),
        "cpu_max": max(processor),
        "raw_wall": wall,
        "raw_cpu": processor,
    }


def peak_megabytes() -> float:
    """Return the largest memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_case(case: Row) -> Row:
    """Measure one solver on one pool, in a fresh process."""
    pool = a_pool(case["mentees"], case["mentors"], case["regime"], objective=case["objective"], seed=case["seed"])
    solver = case["solver"]
    if solver in PEERS:
        run = PEERS[solver](pool, eligible_pairs(pool))
        before = peak_megabytes()
        value, seconds = timed(run, case["repeat"])
        return {**case, **seconds, "value": value, "megabytes": peak_megabytes(), "megabytes_before": before}
    before = peak_megabytes()

    def ours() -> Any:
        return solve(
            pool.rules, pool.scores, pool.capacity, tie_break=pool.tie_break, compiled=solver == "cairn compiled"
        )

    answer, seconds = timed(ours, case["repeat"])
    floor = answer.stats.eligible_pairs / FLOOR
    return {
        **case,
        **seconds,
        "value": answer.assignment.value,
        "matched": int((answer.assignment.mentor_of >= 0).sum()),
        "violations": answer.certificate.violations,
        "proved": answer.certificate.proves_optimal,
        "eligible_pairs": answer.stats.eligible_pairs,
        "core_edges": answer.stats.core_edges,
        "rounds": answer.stats.rounds,
        "times_floor": seconds["cpu"] / floor if floor else 0.0,
        "megabytes": peak_megabytes(),
        "megabytes_before": before,
    }


def measured(case: Row, seconds: float) -> Row:
    """Run a case in a child process; say so when it takes longer than allowed."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        waiting = pool.apply_async(one_case, (case,))
        try:
            return waiting.get(timeout=seconds)
        except multiprocessing.TimeoutError:
            pool.terminate()
            return {**case, "gave_up_after": seconds}


def line(row: Row) -> str:
    """Return one line of the table."""
    name = f"{row['mentees']:>7}x{row['mentors']:<6} {row['regime']:<9}{row['objective']:<9}{row['solver']:<15}"
    if "gave_up_after" in row:
        return f"{name} not within {row['gave_up_after']:.0f} s"
    text = f"{name}{row['wall'] * 1e3:>10.1f}{row['cpu'] * 1e3:>10.1f}{row['cpu_min'] * 1e3:>10.1f}"
    text += f"{row['megabytes'] - row['megabytes_before']:>8.0f}{row['value']:>16}"
    if "matched" in row:
        text += f"{row['matched']:>8} {'proved' if row['proved'] else 'NOT PROVED'} x{row['times_floor']:.1f} floor"
    return text


def disagreements(rows: list[Row]) -> list[str]:
    """Name the cases where two exact solvers do not agree on the value."""
    values: dict[tuple[Any, ...], set[int]] = {}
    for row in rows:
        if row["solver"] != "greedy" and "value" in row:
            key = tuple(row[part] for part in ("mentees", "mentors", "regime", "objective", "seed"))
            values.setdefault(key, set()).add(row["value"])
    return [f"{key}: {sorted(found)}" for key, found in values.items() if len(found) > 1]


def main(arguments: list[str]) -> int:
    """Measure what was asked for, print the table as it grows, write the JSON."""
    asked = options(arguments)
    build()
    solvers = asked.solvers.split(",") + ([*EXACT, "greedy"] if asked.peers else [])
    rows: list[Row] = []
    titles = f"{'size':>14} {'regime':<9}{'aim':<9}{'solver':<15}{'wall ms':>10}{'cpu ms':>10}{'cpu min':>10}"
    print(f"{titles}{'+MB':>8}{'value':>16}")
    for size in asked.sizes.split(","):
        mentees, mentors = map(int, size.split("x"))
        for regime in asked.regimes.split(","):
            for objective in asked.objectives.split(","):
                for solver in solvers:
                    case = {
                        "mentees": mentees,
                        "mentors": mentors,
                        "regime": regime,
                        "objective": objective,
                        "solver": solver,
                        "seed": asked.seed,
                        "repeat": asked.repeat if solver.startswith("cairn") else min(asked.repeat, 3),
                    }
                    rows.append(measured(case, asked.patience))
                    print(line(rows[-1]), flush=True)
    wrong = disagreements(rows)
    print("\n".join(wrong) or "every exact solver agrees on every value")
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps({"machine": machine, "command": arguments, "rows": rows}, indent=1))
    return 1 if wrong else 0


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000x300,5000x1500")
    parser.add_argument("--regimes", default=",".join(PLACES_PER_MENTEE))
    parser.add_argument("--objectives", default="fit,coverage")
    parser.add_argument("--solvers", default="cairn compiled")
    parser.add_argument("--peers", action="store_true", help="exact solvers that are installed, and greedy")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=300.0, help="seconds a case may take")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
