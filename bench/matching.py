"""Measure speed and quality: our solver from codes to a proved optimum, against solvers that get the scores for free.

    make bench                              # every peer, 200 to 20,000 mentees, about 15 minutes
    make bench ARGS="--sizes 1000x300 --regimes balanced --repeat 9"
    python -m bench.matching --solvers "cairn compiled" --sizes 100000x30000 --regimes scarce --objectives fit

Solvers run in turns, each in a separate process. ``+MB`` is the growth of that process, including its form of the
problem. On a busy machine compare processor seconds. The JSON contains every run.
"""

import argparse
import os
import platform
import sys
from itertools import product
from pathlib import Path
from typing import Any

from bench import command_line
from bench.contest import OURS, contest
from bench.markets import PLACES_PER_MENTEE
from bench.peers import PEERS
from bench.tables import TITLES, disagreements, line, measured, summary
from services.matcher.solver.native.build import build

Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Measure the cases, print the table on the way, write the JSON; return 1 when exact solvers disagree."""
    asked = options(arguments)
    build()
    rows: list[Row] = []
    slow: dict[tuple[str, int], str] = {}  # solvers that gave up, with the size from which on they are left out
    print(TITLES)
    for size, regime, objective in product(asked.sizes, asked.regimes, asked.objectives):
        case = {"mentees": size[0], "mentors": size[1], "regime": regime, "objective": objective, "seed": asked.seed}
        case_rows = one_case(case, asked, slow)
        ours = next((row for row in case_rows if row["solver"] in OURS), {})
        for row in case_rows:
            rows.append(measured(row))
            print(line(row, ours), flush=True)
    wrong = disagreements(rows)
    print("\n" + "\n".join(summary(rows)) + "\n")
    print(
        "\n".join(wrong) or "every exact solver agrees on every value, and on the people matched where they come first"
    )
    absent = [name for name, entry in PEERS.items() if not entry.there]
    if absent and len(asked.solvers) > 1:
        print(f"not installed here: {', '.join(absent)} (make bench installs them)")
    command_line.write_out(asked.out, {"machine": machine(), "command": arguments, "rows": rows})
    return 1 if wrong else 0


def one_case(case: Row, asked: argparse.Namespace, slow: dict[tuple[str, int], str]) -> list[Row]:
    """Measure all solvers on one pool."""
    left_out: dict[str, str] = {}
    for name in asked.solvers:
        if name in PEERS and asked.plain_run and case["mentees"] > PEERS[name].largest:
            left_out[name] = f"not tried above {PEERS[name].largest} mentees"
        for (solver, size), reason in slow.items():
            if solver == name and size <= case["mentees"]:
                left_out[name] = reason
    running = [name for name in asked.solvers if name not in left_out and (name in OURS or PEERS[name].there)]
    done = contest(case, running, asked.repeat, asked.patience)
    for name, row in done.items():
        if "gave_up_after" in row:
            where = f"{case['mentees']}x{case['mentors']} {case['regime']} {case['objective']}"
            slow[name, case["mentees"]] = f"not within {row['gave_up_after']:.0f} s at {where}"
    measured_rows = [{**case, "solver": name, **done[name]} for name in running]
    return measured_rows + [
        {**case, "solver": name, "runs": [], "left_out": reason} for name, reason in left_out.items()
    ]


def machine() -> Row:
    """Return a description of the machine."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")][:1]
    return {
        "system": platform.platform(),
        "processor": model[0].partition(": ")[2] if model else platform.processor(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
    }


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    reader = command_line.parser(__doc__, repeat=5)
    reader.add_argument("--sizes", default="200x60,1000x300,5000x1500,20000x6000")
    reader.add_argument("--regimes", default=",".join(PLACES_PER_MENTEE))
    reader.add_argument("--objectives", default="fit,coverage")
    reader.add_argument("--solvers", help="default: ours and every peer up to the size it is fit for")
    reader.add_argument("--patience", type=float, default=60.0, help="seconds a run may take")
    asked = reader.parse_args(arguments)
    asked.plain_run = asked.solvers is None
    asked.solvers = ["cairn compiled", *PEERS] if asked.plain_run else asked.solvers.split(",")
    if unknown := set(asked.solvers) - {*PEERS, *OURS}:
        reader.error(f"no such solver: {', '.join(sorted(unknown))}; there are: {', '.join([*OURS, *PEERS])}")
    asked.sizes = [tuple(map(int, size.split("x"))) for size in asked.sizes.split(",")]
    asked.regimes, asked.objectives = asked.regimes.split(","), asked.objectives.split(",")
    return asked


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
