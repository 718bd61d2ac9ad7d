"""Measure what an admin's questions about single changes cost: a pin, a block, and whom to recruit.

    python -m bench.changes --out bench/results/changes.json

``why-not`` is the whole request through the matcher's HTTP API, on a pool that is prepared, for pins and blocks of
several pairs in turn; ``gaps`` is the worker's use case, from reading the pool to storing the report. People come from
the demonstration's generator (seeded). Wall and processor milliseconds are medians; the JSON contains the raw runs.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from bench import command_line
from bench.contest import timed
from bench.service import PROGRAMME, Programme
from services.chassis.observability.logs import configure
from services.matcher.domain.round import SolvedPool, solve_pool
from services.matcher.solver.native.build import build
from services.matcher.use_cases.find_gaps import find_gaps

Row = dict[str, Any]


def questions(solved: SolvedPool, count: int) -> list[dict[str, str]]:
    """Return pins of a matched mentee and another mentor with places, and blocks of pairs that are made, in turn."""
    pool, asked = solved.problem.pool, list[dict[str, str]]()
    places = set(solved.problem.seats.mentor_rows.tolist())
    for row, mentor in enumerate(solved.answer.mentor_of):
        others = [other for other in solved.answer.others[row] if other in places]
        if mentor >= 0 and others and len(asked) < count:
            kind, chosen = ("pin", others[0]) if len(asked) % 2 else ("block", mentor)
            asked.append({"mentee_id": pool.mentees[row].id, "mentor_id": pool.mentors[chosen].id, "as": kind})
    return asked


def measured(case: Row) -> Row:
    """Measure a question in one programme; return the wall and processor milliseconds of every run, by name."""
    raw: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as folder:
        running = Programme(Path(folder), case)
        if case["question"] == "gaps":
            raw["gaps"] = [timed(lambda: find_gaps(running.parts.uow, PROGRAMME))[1] for _ in range(case["repeat"])]
        else:
            bodies = questions(solve_pool(running.read()), 2 * case["repeat"])
            running.ask("POST", "/matcher/v1/why-not", bodies[0])  # prepares the pool
            for body in bodies:
                spent = timed(partial(running.ask, "POST", "/matcher/v1/why-not", body))[1]
                raw.setdefault(f"why-not, {body['as']}", []).append(spent)
    return {**case, "raw": raw}


def main(arguments: list[str]) -> int:
    """Measure both questions in every regime, print the table, write the JSON."""
    asked = options(arguments)
    build()
    configure("WARNING", "matcher", "bench")  # no log line per request
    rows = []
    print(f"{'':<34}{'wall ms':>10}{'cpu ms':>10}")
    for question, size in (("why-not", asked.why_not), ("gaps", asked.gaps)):
        mentees, mentors = map(int, size.split("x"))
        for regime in asked.regimes.split(","):
            case = {"question": question, "mentees": mentees, "mentors": mentors, "regime": regime}
            rows.append(measured({**case, "seed": asked.seed, "repeat": asked.repeat}))
            for name, runs in rows[-1]["raw"].items():
                wall, cpu = (1e3 * statistics.median(run[clock] for run in runs) for clock in ("wall", "cpu"))
                print(f"{size + ' ' + regime + ' ' + name:<34}{wall:>10.0f}{cpu:>10.0f}", flush=True)
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    command_line.write_out(asked.out, {"machine": machine, "command": arguments, "rows": rows})
    return 0


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    reader = command_line.parser(__doc__, repeat=5)
    reader.add_argument("--why-not", default="5000x1500")
    reader.add_argument("--gaps", default="2000x600")
    reader.add_argument("--regimes", default="scarce,balanced,surplus")
    return reader.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
