"""How long a round takes, from the tables of a programme to the offers made, part by part.

    python -m bench.rounds --sizes 1000x400,5000x1500 --out bench/results/rounds.json

A seeded programme is put into a SQLite file through the real adapters, then rounds run over it as the worker runs them:
`first` finds everybody waiting; `rolling` comes when a few have signed up, on both sides, among all who still wait. The
second case of each size leaves only so many places, so that many wait and rounds make fewer offers.
Wall and processor seconds are medians over databases of their own; the JSON keeps the raw ones.
"""

import argparse
import json
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
from pathlib import Path
from typing import Any
from unittest.mock import patch

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import migrate
from services.chassis.storage.unit_of_work import UnitOfWork
from services.matcher.adapters.facts_cache import FactsRead
from services.matcher.adapters.round_store import RoundStore
from services.matcher.adapters.store import MatcherStore
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.programme_terms import Terms
from services.matcher.solver.native.build import build

# Modules, by their full names: some share theirs with the function they are about.
conducting = import_module("services.matcher.use_cases.run_round")
deciding = import_module("services.matcher.domain.round.decide_round")
settling = import_module("services.matcher.domain.round.solve_pool")

PROGRAMME = "cairn"
AT = datetime(2025, 6, 2, 12, tzinfo=UTC)
NEWCOMERS, MORE_MENTORS = 20, 5
Row = dict[str, Any]
Spent = dict[str, list[tuple[float, float]]]

# Part of a round: where its function is looked up, and its name there.
PARTS: dict[str, tuple[Any, str]] = {
    "read": (RoundStore, "snapshot"),
    "snapshot as text": (conducting, "snapshot_pieces"),
    "store snapshot": (RoundStore, "open"),
    "features": (settling, "read"),
    "arrays": (settling, "build"),
    "solve": (settling, "assign"),
    "reasons": (deciding, "parts_of"),
    "who waits why": (deciding, "cause_each"),
    "result as text": (deciding, "hashed_part"),
    "apply": (conducting, "apply_round"),
    "- keep result": (RoundStore, "finish"),
}


@contextmanager
def timing(spent: Spent) -> Iterator[None]:
    """Note what each part takes, while inside."""
    with ExitStack() as patched:
        for name, (place, called) in PARTS.items():
            patched.enter_context(patch.object(place, called, timed(getattr(place, called), name, spent)))
        yield


def timed(function: Callable[..., Any], name: str, spent: Spent) -> Callable[..., Any]:
    """The same function, with its seconds noted."""

    def run(*told: Any, **more: Any) -> Any:
        started, busy = time.perf_counter(), time.process_time()
        try:
            return function(*told, **more)
        finally:
            spent[name].append((time.perf_counter() - started, time.process_time() - busy))

    return run


def fill(uow: UnitOfWork[MatcherStore], mentees: Sequence[Mentee], mentors: Sequence[Mentor]) -> None:
    """Put people into the tables."""
    with uow.begin() as store:
        for one in mentees:
            store.pool.keep(
                KnownPerson(person_id=one.id, programme_id=PROGRAMME, version=1, locale="en", mentee=one.facts)
            )
        for other in mentors:
            store.pool.keep(
                KnownPerson(person_id=other.id, programme_id=PROGRAMME, version=1, locale="en", mentor=other.facts)
            )


def with_places(mentors: Sequence[Mentor], places: int | None) -> list[Mentor]:
    """The same mentors with so many places in all; None: as many as they have."""
    left = sum(one.facts.capacity for one in mentors) if places is None else places
    found = []
    for one in mentors:
        given = min(one.facts.capacity, left)
        left -= given
        found.append(replace(one, facts=replace(one.facts, capacity=given)))
    return found


def one_programme(case: Row) -> dict[str, Row]:
    """Fill a database, run the first round and a rolling one."""
    mentees, mentors = pool_of(
        programme(case["seed"], case["mentors"] + MORE_MENTORS, case["mentees"] + NEWCOMERS), at=AT
    )
    now = [AT]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/matcher.db"
        migrate(url, SERVICE.migrations)
        engine = open_engine(url)
        opened = partial(MatcherStore, facts=FactsRead())
        uow = UnitOfWork(engine, opened, source="/matcher", read_now=lambda _: now[0])
        fill(uow, mentees[:-NEWCOMERS], with_places(mentors[:-MORE_MENTORS], case["offers"]))
        found = {"first": one_round(uow)}
        now[0] += timedelta(seconds=30)
        one_round(uow)  # places are full now: the reason why changes for everybody, this once
        now[0] += timedelta(seconds=30)
        fill(uow, mentees[-NEWCOMERS:], mentors[-MORE_MENTORS:])
        found["rolling"] = one_round(uow)
        engine.dispose()
    return found


def one_round(uow: UnitOfWork[MatcherStore]) -> Row:
    """Run a round; what came of it, and what each part took."""
    spent: Spent = defaultdict(list)
    with timing(spent):
        done = timed(conducting.run_round, "whole", spent)(uow, Terms(), PROGRAMME)
    parts = {name: tuple(map(sum, zip(*runs, strict=True))) for name, runs in spent.items()}
    return {"waiting": done.mentees, "offers": done.proposed, "dropped": done.dropped, "parts": parts}


def median(runs: list[Row]) -> Row:
    """The medians of a kind of round over its repetitions."""
    names = ["whole", *PARTS]
    return {
        **{key: runs[0][key] for key in ("waiting", "offers", "dropped")},
        "wall": {name: statistics.median(run["parts"].get(name, (0.0, 0.0))[0] for run in runs) for name in names},
        "cpu": {name: statistics.median(run["parts"].get(name, (0.0, 0.0))[1] for run in runs) for name in names},
        "raw": [run["parts"] for run in runs],
    }


def main(arguments: list[str]) -> int:
    """Measure what was asked for, print the table as it grows, write the JSON."""
    asked = options(arguments)
    build()
    rows: list[Row] = []
    for size in asked.sizes.split(","):
        mentees, mentors = map(int, size.split("x"))
        for offers in (None, mentees * 7 // 50):
            case = {"mentees": mentees, "mentors": mentors, "offers": offers, "seed": asked.seed}
            runs = [one_programme(case) for _ in range(asked.repeat)]
            for kind in ("first", "rolling"):
                rows.append({**case, "kind": kind, **median([run[kind] for run in runs])})
                show(rows[-1])
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps({"machine": machine, "command": arguments, "rows": rows}, indent=1))
    return 0


def show(row: Row) -> None:
    """Print one round of the table."""
    title = f"{row['mentees']}x{row['mentors']} {row['kind']}: {row['waiting']} waiting, {row['offers']} offers"
    print(f"\n{title:<52}{'wall ms':>10}{'cpu ms':>10}")
    for name, seconds in row["wall"].items():
        print(f"  {name:<50}{seconds * 1e3:>10.1f}{row['cpu'][name] * 1e3:>10.1f}", flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000x400,5000x1500")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
