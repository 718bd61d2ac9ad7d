"""Measure the services around the solver: sign-ups, relay, events, mails, and the memory of each process.

    python -m bench.pipeline --stacks embedded,real --out bench/results/pipeline.json

On each stack, with seeded people: sign-ups as fast as they are answered, in turns with a bare Flask and marshmallow app
that inserts the same row with the same server settings; then each later role alone, on the output of the one before:
relay, consumers, mails. Finally the whole system answers sign-ups at a steady rate. Processor time is that of the
role's processes; the last column is the time of the servers per piece of work.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import command_line
from bench.system.rig import Row
from bench.system.stacks import open_stack
from bench.system.stages import Sizes, stages
from services.matcher.solver.native.build import build

TITLES = (
    f"{'':<34}{'number':>8}{'a second':>10}{'cpu ms':>9}{'p50 ms':>9}{'p99 ms':>9}{'RSS MB':>8}  servers, cpu ms each"
)


def show(row: Row) -> None:
    """Print one line of the table."""

    def cell(name: str, width: int, digits: int = 1) -> str:
        value: Any = row.get(name)
        return f"{value:>{width}.{digits}f}" if isinstance(value, int | float) else " " * width

    times: Any = row.get("servers_ms", {})
    servers = ", ".join(f"{name} {used:.2f}" for name, used in times.items())
    figures = cell("number", 8, 0) + cell("a_second", 10, 0) + cell("cpu_ms", 9, 2)
    print(f"{row['what']:<34}{figures}{cell('p50', 9)}{cell('p99', 9)}{cell('rss', 8, 0)}  {servers}", flush=True)


def measure(name: str, sizes: Sizes, wanted: Sequence[str]) -> list[Row]:
    """Run all stages on one stack."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    rows: list[Row] = []

    def add(row: Row) -> None:
        rows.append({"stack": name} | row)
        show(row)

    print(f"\n{name}\n{TITLES}", flush=True)
    try:
        with open_stack(name, folder) as stack:
            stages(stack, folder, sizes, wanted, add)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def main(arguments: list[str]) -> int:
    """Measure the stacks, print the table on the way, write the JSON."""
    asked = options(arguments)
    build()
    sizes = Sizes(asked.seed, asked.people, asked.mentors, asked.rate, asked.seconds)
    rows = [row for name in asked.stacks.split(",") for row in measure(name, sizes, asked.stages.split(","))]
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    command_line.write_out(asked.out, {"machine": machine, "command": arguments, "rows": rows})
    return 0


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    reader = command_line.parser(__doc__)
    reader.add_argument("--stacks", default="embedded,real")
    reader.add_argument("--stages", default="roles,system", help="roles one by one, and the whole system at a rate")
    reader.add_argument("--people", type=int, default=1500, help="sign-ups, and so the events and mails behind them")
    reader.add_argument("--mentors", type=int, default=300, help="approved mentors in the whole system")
    reader.add_argument("--rate", type=float, default=50.0, help="sign-ups a second in the whole system")
    reader.add_argument("--seconds", type=float, default=20.0)
    return reader.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
