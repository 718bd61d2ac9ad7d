"""Measure how the time and storage of a rolling round grow with the number of people.

    python -m bench.growth --people 1000,5000,10000 --out bench/results/growth.json
    python -m bench.growth --people 10000 --database "$DATABASE_URL"      # an empty PostgreSQL database

A seeded programme, three mentees to each mentor, is put into a database through the real adapters. The first rounds
make all offers they can; then one mentee at a time signs up, and a round runs each time as in the worker. ``warm``
rounds run in a process that ran the rounds before, ``cold`` is the first round of a new process. ``scarce`` has places
for one mentee in seven, so that most people wait. Wall and processor milliseconds are medians; the JSON contains the
raw seconds. Stored megabytes are those of the columns with the snapshots and results of rounds.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bench import command_line
from bench.rounds import AT, PARTS, fill, median, one_round, with_places
from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import migrate
from services.chassis.storage.unit_of_work import UnitOfWork
from services.matcher.adapters import tables
from services.matcher.adapters.people_reader import PeopleRead
from services.matcher.adapters.store import MatcherStore
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.solver.native.build import build

Row = dict[str, Any]
STORED = ("read", "result", "prices")  # columns of rounds


def people_of(case: Row) -> tuple[list[Mentee], list[Mentor]]:
    """Return the people of a case, with random ids; mentees who sign up later come last."""
    mentors = case["people"] // 4
    pool = pool_of(programme(case["seed"], mentors, case["people"] - mentors + case["signups"]), at=AT)
    ids = Random(case["seed"])
    mentees = [replace(person, id=str(UUID(int=ids.getrandbits(128)))) for person in pool[0]]
    others = [replace(person, id=str(UUID(int=ids.getrandbits(128)))) for person in pool[1]]
    return mentees, with_places(others, len(mentees) // 7 if case["places"] == "scarce" else None)


@contextmanager
def database(url: str | None) -> Iterator[str]:
    """Yield the URL of an empty database with the newest schema; a temporary SQLite file if ``url`` is None."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = url or f"sqlite:///{folder}/matcher.db"
        migrate(chosen, SERVICE.migrations)
        yield chosen


class Process:
    """A worker of the matcher: its database engine and the caches it has between rounds."""

    def __init__(self, url: str, now: list[datetime]) -> None:
        self.engine = open_engine(url)
        store = partial(MatcherStore, people=PeopleRead())
        self.uow = UnitOfWork(self.engine, store, source="/matcher", read_now=lambda _: now[0])

    def round(self) -> Row:
        """Run a round."""
        return one_round(self.uow)


def grown(case: Row, url: str | None) -> list[Row]:
    """Fill a database, run the first rounds, then a round for each sign-up; return a row for each kind of round."""
    mentees, mentors = people_of(case)
    now = [AT]
    with database(url) as chosen:
        worker = Process(chosen, now)
        fill(worker.uow, mentees[: -case["signups"]], mentors)
        first, begun = [], True
        while begun:  # until places are full and the cause of every wait is stored
            first.append(worker.round())
            now[0] += timedelta(seconds=30)
            begun = first[-1]["offers"] > 0
        before = stored(worker.engine)
        warm = []
        for mentee in mentees[-case["signups"] :]:
            fill(worker.uow, [mentee], [])
            warm.append(worker.round())
            now[0] += timedelta(seconds=30)
        after = stored(worker.engine)
        cold = []
        for _ in range(case["cold"]):
            process = Process(chosen, now)
            cold.append(process.round())
            process.engine.dispose()
            now[0] += timedelta(seconds=30)
        worker.engine.dispose()
    sizes = {"rounds_before": len(first), "stored_before": before, "rounds": len(warm), "stored": after}
    return [{**case, **sizes, "kind": kind, **median(runs)} for kind, runs in (("cold", cold), ("warm", warm))]


def stored(engine: sa.Engine) -> dict[str, float]:
    """Return the megabytes stored by rounds, per column."""
    columns: dict[str, sa.ColumnElement[Any]] = {f"rounds.{name}": tables.rounds.c[name] for name in STORED}
    columns["round_chunks.content"] = tables.round_chunks.c.content
    sizes = {}
    with engine.connect() as connection:
        for name, column in columns.items():
            sizes[name] = float(connection.scalar(sa.select(sa.func.sum(sa.func.length(column)))) or 0) / 1e6
    return sizes


def main(arguments: list[str]) -> int:
    """Measure the cases, print the table on the way, write the JSON."""
    asked = options(arguments)
    build()
    rows: list[Row] = []
    for people in asked.people.split(","):
        for places in asked.places.split(","):
            case = {"people": int(people), "places": places, "seed": asked.seed}
            rows += grown({**case, "signups": asked.signups, "cold": asked.cold}, asked.database)
            show(rows[-2:])
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    command_line.write_out(asked.out, {"machine": machine, "command": arguments, "rows": rows})
    return 0


def show(rows: Sequence[Row]) -> None:
    """Print the cold and warm rounds of one case side by side."""
    cold, warm = rows
    title = f"{warm['people']} people, places {warm['places']}: {warm['waiting']} wait"
    print(f"\n{title:<48}{'cold wall':>10}{'cpu':>8}{'warm wall':>11}{'cpu':>8}  ms")
    for name in ("whole", *PARTS):
        cells = [row[clock][name] * 1e3 for row in (cold, warm) for clock in ("wall", "cpu")]
        print(f"  {name:<46}{cells[0]:>10.1f}{cells[1]:>8.1f}{cells[2]:>11.1f}{cells[3]:>8.1f}")
    for name, size in warm["stored"].items():
        before = warm["stored_before"].get(name, 0.0)
        each = (size - before) / warm["rounds"] * 1e3
        print(f"  stored {name:<25}{before:>8.2f} MB +{each:>9.1f} kB a round", flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    reader = command_line.parser(__doc__)
    reader.add_argument("--people", default="1000,5000,10000")
    reader.add_argument("--places", default="enough,scarce")
    reader.add_argument("--signups", type=int, default=12)
    reader.add_argument("--cold", type=int, default=3)
    reader.add_argument("--database", help="an empty database; a SQLite file where none is named")
    return reader.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
