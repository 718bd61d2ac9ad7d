"""Measure a round from the tables of a programme to its offers, part by part.

    python -m bench.rounds --sizes 1000x400,5000x1500 --out bench/results/rounds.json

A seeded programme is put into a SQLite file through the real adapters, then rounds run over it as the worker runs them:
``first`` runs when all mentees wait, in a new process, or with ``--known`` in one that has encoded the pool before;
``rolling`` runs after a few sign-ups on both sides. ``decide`` is everything from the snapshot to the hashed result.
The second case of each size has fewer places, so that many wait and rounds make fewer offers. Wall and processor
seconds are medians over separate databases; the JSON contains the raw ones.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any
from unittest.mock import patch

from bench import command_line
from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import migrate
from services.chassis.storage.unit_of_work import UnitOfWork
from services.matcher.adapters.people_reader import PeopleRead
from services.matcher.adapters.round_store import RoundStore
from services.matcher.adapters.store import MatcherStore
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.round import decide_round
from services.matcher.solver.native.build import build

# Modules by their full names, because some have the name of a function that their package exports.
run_round_module = import_module("services.matcher.use_cases.run_round")
decide_round_module = import_module("services.matcher.domain.round.decide_round")
solve_pool_module = import_module("services.matcher.domain.round.solve_pool")

PROGRAMME = "cairn"
AT = datetime(2025, 6, 2, 12, tzinfo=UTC)
NEWCOMERS, MORE_MENTORS = 20, 5
Row = dict[str, Any]
Spent = dict[str, list[tuple[float, float]]]

# Part of a round: the object and attribute under which its function is called.
PARTS: dict[str, tuple[Any, str]] = {
    "read": (RoundStore, "snapshot"),
    "snapshot as text": (run_round_module, "snapshot_pieces"),
    "store snapshot": (RoundStore, "open"),
    "features": (solve_pool_module, "weigh_pool"),
    "solve": (solve_pool_module, "assign"),
    "reasons": (decide_round_module, "parts_of"),
    "who waits why": (decide_round_module, "cause_each"),
    "result as text": (decide_round_module, "hashed_part"),
    "apply": (run_round_module, "apply_round"),
    "- keep result": (RoundStore, "finish"),
}


@contextmanager
def timing(spent: Spent) -> Iterator[None]:
    """Record the seconds of each part within the context."""
    with ExitStack() as patched:
        for name, (place, called) in PARTS.items():
            patched.enter_context(patch.object(place, called, timed(getattr(place, called), name, spent)))
        yield


def timed(function: Callable[..., Any], name: str, spent: Spent) -> Callable[..., Any]:
    """Return the function wrapped to record its seconds."""

    def run(*args: Any, **kwargs: Any) -> Any:
        started, busy = time.perf_counter(), time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name].append((time.perf_counter() - started, time.process_time() - busy))

    return run


def fill(uow: UnitOfWork[MatcherStore], mentees: Sequence[Mentee], mentors: Sequence[Mentor]) -> None:
    """Store people in the tables."""
    with uow.begin() as store:
        for mentee in mentees:
            store.pool.keep(
                KnownPerson(person_id=mentee.id, programme_id=PROGRAMME, version=1, locale="en", mentee=mentee.facts)
            )
        for mentor in mentors:
            store.pool.keep(
                KnownPerson(person_id=mentor.id, programme_id=PROGRAMME, version=1, locale="en", mentor=mentor.facts)
            )


def with_places(mentors: Sequence[Mentor], places: int | None) -> list[Mentor]:
    """Return the mentors with ``places`` in all; with None, unchanged."""
    left = sum(mentor.facts.capacity for mentor in mentors) if places is None else places
    limited = []
    for mentor in mentors:
        given = min(mentor.facts.capacity, left)
        left -= given
        limited.append(replace(mentor, facts=replace(mentor.facts, capacity=given)))
    return limited


def one_programme(case: Row) -> dict[str, Row]:
    """Fill a database, run the first round and a rolling one."""
    mentees, mentors = pool_of(
        programme(case["seed"], case["mentors"] + MORE_MENTORS, case["mentees"] + NEWCOMERS, regime=case["regime"]),
        at=AT,
    )
    now = [AT]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/matcher.db"
        migrate(url, SERVICE.migrations)
        engine = open_engine(url)
        store = partial(MatcherStore, people=PeopleRead())
        uow = UnitOfWork(engine, store, source="/matcher", read_now=lambda _: now[0])
        fill(uow, mentees[:-NEWCOMERS], with_places(mentors[:-MORE_MENTORS], case["offers"]))
        if case["known"]:
            with uow.begin(read_only=True) as reading:
                decide_round(reading.rounds.snapshot(PROGRAMME))
        rounds = {"first": one_round(uow)}
        now[0] += timedelta(seconds=30)
        one_round(uow)  # places are full now, so the cause of every wait changes once
        now[0] += timedelta(seconds=30)
        fill(uow, mentees[-NEWCOMERS:], mentors[-MORE_MENTORS:])
        rounds["rolling"] = one_round(uow)
        engine.dispose()
    return rounds


def one_round(uow: UnitOfWork[MatcherStore]) -> Row:
    """Run a round; return its counts and the seconds of each part."""
    spent: Spent = defaultdict(list)
    with timing(spent):
        run, decide = timed(run_round_module.run_round, "whole", spent), timed(decide_round, "decide", spent)
        done = run(uow, Terms(), PROGRAMME, decide=decide)
    parts = {name: tuple(map(sum, zip(*runs, strict=True))) for name, runs in spent.items()}
    return {"waiting": done.mentees, "offers": done.proposed, "dropped": done.dropped, "parts": parts}


def median(runs: list[Row]) -> Row:
    """Return the medians over repeated rounds."""
    names = ["whole", "decide", *PARTS]
    return {
        **{key: runs[0][key] for key in ("waiting", "offers", "dropped")},
        "wall": {name: statistics.median(run["parts"].get(name, (0.0, 0.0))[0] for run in runs) for name in names},
        "cpu": {name: statistics.median(run["parts"].get(name, (0.0, 0.0))[1] for run in runs) for name in names},
        "raw": [run["parts"] for run in runs],
    }


def main(arguments: list[str]) -> int:
    """Measure the sizes, print the table on the way, write the JSON."""
    asked = options(arguments)
    build()
    rows: list[Row] = []
    for size in asked.sizes.split(","):
        mentees, mentors = map(int, size.split("x"))
        for offers in (None, mentees * 7 // 50):
            case = {"mentees": mentees, "mentors": mentors, "offers": offers, "seed": asked.seed}
            case |= {"regime": asked.regime, "known": asked.known}
            runs = [one_programme(case) for _ in range(asked.repeat)]
            for kind in ("first", "rolling"):
                rows.append({**case, "kind": kind, **median([run[kind] for run in runs])})
                show(rows[-1])
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    command_line.write_out(asked.out, {"machine": machine, "command": arguments, "rows": rows})
    return 0


def show(row: Row) -> None:
    """Print one round of the table."""
    title = f"{row['mentees']}x{row['mentors']} {row['kind']}: {row['waiting']} waiting, {row['offers']} offers"
    print(f"\n{title:<52}{'wall ms':>10}{'cpu ms':>10}")
    for name, seconds in row["wall"].items():
        print(f"  {name:<50}{seconds * 1e3:>10.1f}{row['cpu'][name] * 1e3:>10.1f}", flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    reader = command_line.parser(__doc__, repeat=3)
    reader.add_argument("--sizes", default="1000x400,5000x1500")
    reader.add_argument("--regime", default="balanced", help="scarce, balanced or surplus")
    reader.add_argument("--known", action="store_true", help="the process has encoded the pool before the first round")
    return reader.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
