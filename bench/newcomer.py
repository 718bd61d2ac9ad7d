"""Measure how long the dynamic assignment takes for one arrival or departure.

    python -m bench.newcomer --size 20000x6000

Mentees leave and arrive again, one after the other. The time is that of the whole call from Python, with edges already
scored; the result is exact over the listed pairs (``ListedAssignment.take_lowered`` returns the mentees whose unlisted
pairs may need pricing).
"""

import sys
import time
from typing import Any

import numpy as np

from bench import command_line
from bench.markets import PLACES_PER_MENTEE, a_pool
from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.column_generation import solve
from services.matcher.solver.native.build import build


def measured(mentees: int, mentors: int, regime: str, *, changes: int, seed: int, compiled: bool) -> dict[str, Any]:
    """Return the processor milliseconds of every arrival and every departure."""
    pool = a_pool(mentees, mentors, regime, seed=seed)
    answer = solve(pool.rules, pool.scores, pool.capacity, tie_break=pool.tie_break, alternates=0)
    core, dynamic = answer.core, ListedAssignment(answer.core, pool.capacity, answer.assignment, compiled=compiled)
    assert core.tie is not None
    arrivals, departures = [], []
    for row in np.random.default_rng(seed).choice(mentees, changes, replace=False).tolist():
        row_edges = slice(core.indptr[row], core.indptr[row + 1])
        edges = core.mentor[row_edges], core.value[row_edges], core.tie[row_edges]
        started = time.process_time()
        dynamic.remove_mentee(row)
        departures.append(1e3 * (time.process_time() - started))
        started = time.process_time()
        dynamic.insert_mentee(*edges)
        arrivals.append(1e3 * (time.process_time() - started))
    return {"regime": regime, "compiled": compiled, "seed": seed, "newcomer": arrivals, "leaver": departures}


def main(arguments: list[str]) -> int:
    """Print medians and 95th percentiles; write the raw numbers."""
    reader = command_line.parser(__doc__)
    reader.add_argument("--size", default="20000x6000")
    reader.add_argument("--changes", type=int, default=200)
    asked = reader.parse_args(arguments)
    mentees, mentors = map(int, asked.size.split("x"))
    twins = [True, False] if build() else [False]
    rows = []
    print(f"{'regime':<10}{'engine':<10}{'newcomer ms, median (95 %)':>28}{'leaver ms, median (95 %)':>28}")
    for regime in PLACES_PER_MENTEE:
        for compiled in twins:
            row = measured(mentees, mentors, regime, changes=asked.changes, seed=asked.seed, compiled=compiled)
            rows.append(row)
            cells = [
                f"{np.median(row[change]):.3f} ({np.percentile(row[change], 95):.3f})"
                for change in ("newcomer", "leaver")
            ]
            print(f"{regime:<10}{'compiled' if compiled else 'plain':<10}{cells[0]:>28}{cells[1]:>28}", flush=True)
    command_line.write_out(asked.out, {"command": arguments, "rows": rows})
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
