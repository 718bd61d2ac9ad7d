"""How quickly one person's coming or going is made exact, with prices and pairs standing.

    python -m bench.newcomer --size 20000x6000

Somebody leaves and comes again, one after the other. Timed is the whole call from Python, edges already scored; exact
over the core of the pool (`DynamicAssignment.take_lowered` names the mentees
whose left-out pairs could have come to matter).
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.markets import PLACES_PER_MENTEE, a_pool
from services.matcher.solver.column_generation import solve
from services.matcher.solver.dynamic.dynamic_assignment import DynamicAssignment
from services.matcher.solver.native.build import build


def measured(mentees: int, mentors: int, regime: str, *, changes: int, seed: int, compiled: bool) -> dict[str, Any]:
    """Return processor milliseconds of every change, newcomers and leavers apart."""
    pool = a_pool(mentees, mentors, regime, seed=seed)
    answer = solve(pool.rules, pool.scores, pool.capacity, tie_break=pool.tie_break, alternates=0)
    core, standing = answer.core, DynamicAssignment(answer.core, pool.capacity, answer.assignment, compiled=compiled)
    assert core.tie is not None
    came, left = [], []
    for row in np.random.default_rng(seed).choice(mentees, changes, replace=False).tolist():
        mine = slice(core.indptr[row], core.indptr[row + 1])
        edges = core.mentor[mine], core.value[mine], core.tie[mine]
        started = time.process_time()
        standing.remove_mentee(row)
        left.append(1e3 * (time.process_time() - started))
        started = time.process_time()
        standing.insert_mentee(*edges)
        came.append(1e3 * (time.process_time() - started))
    return {"regime": regime, "compiled": compiled, "seed": seed, "newcomer": came, "leaver": left}


def main(arguments: list[str]) -> int:
    """Print medians and 95 % points; write the raw numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="20000x6000")
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(arguments)
    mentees, mentors = map(int, asked.size.split("x"))
    kinds = [True, False] if build() else [False]
    rows = []
    print(f"{'regime':<10}{'engine':<10}{'newcomer ms, median (95 %)':>28}{'leaver ms, median (95 %)':>28}")
    for regime in PLACES_PER_MENTEE:
        for compiled in kinds:
            row = measured(mentees, mentors, regime, changes=asked.changes, seed=asked.seed, compiled=compiled)
            rows.append(row)
            told = [f"{np.median(row[who]):.3f} ({np.percentile(row[who], 95):.3f})" for who in ("newcomer", "leaver")]
            print(f"{regime:<10}{'compiled' if compiled else 'plain':<10}{told[0]:>28}{told[1]:>28}", flush=True)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps({"command": arguments, "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
