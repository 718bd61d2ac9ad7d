"""Measure requests of admins: a realistic programme in a database, queried through the matcher's HTTP API.

    python -m bench.service --sizes 1000x400,5000x1500 --regimes scarce,balanced --out bench/results/service.json

People come from the demonstration's generator (seeded). Measured are the first steps of a process (read the pool,
prepare it), each query on a prepared pool, in the domain alone and as a whole request, and the parts of a round. Every
size runs in a separate process; wall and processor milliseconds are medians of the raw runs, which the JSON contains.
On a busy machine compare processor milliseconds.
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import command_line
from bench.contest import Row, peak_megabytes, timed
from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.chassis.identity.access_tokens import TokenIssuer
from services.chassis.identity.principal import Principal
from services.chassis.messages.codec import decode, encode
from services.chassis.observability.logs import configure
from services.chassis.service.service_settings import DEVELOPMENT_PRIVATE_KEY
from services.chassis.service.settings import load
from services.chassis.storage.migrations import migrate
from services.events.permissions import PERMISSIONS
from services.events.profiles import PersonChanged
from services.matcher.adapters.tables import mentees as mentee_rows
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.candidates import Mentee
from services.matcher.domain.explain import why_unmatched
from services.matcher.domain.insights.what_if import Prepared, prepare, what_if
from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.round import (
    Snapshot,
    SolvedPool,
    result_to_json,
    run_round,
    snapshot_from_json,
    snapshot_to_json,
    solve_pool,
)
from services.matcher.domain.weights import Mode, Setting, Weights, weights_to_json
from services.matcher.settings import Settings
from services.matcher.solver.native.build import build

AT = datetime(2025, 6, 2, 12, tzinfo=UTC)
PROGRAMME = "cairn"
CHANGES: dict[str, dict[str, Setting] | dict[str, int]] = {
    "slider": {"topics": Setting(Mode.SOFT, 70)},
    "hard to soft": {"device": Setting(Mode.SOFT, 60)},
    "soft to hard": {"situation": Setting(Mode.HARD, 30)},
    "off": {"life_stage": Setting(Mode.OFF, 0)},
    "dial": {"coverage": 60},
    "floor": {"quality_floor": 45},
}


class Programme:
    """A matcher in this process, in which all people have signed up and no offer was made yet."""

    def __init__(self, folder: Path, case: Row) -> None:
        url = f"sqlite:///{folder}/matcher.db"
        migrate(url, SERVICE.migrations)
        self.settings = load(
            Settings,
            {"ENVIRONMENT": "development", "DATABASE_URL": url, "BROKER_URL": f"embedded://{folder}/broker.db"},
        )
        self.parts = SERVICE.parts(self.settings, read_now=lambda _: AT)
        people = programme(case["seed"], case["mentors"], case["mentees"], regime=case["regime"], today=AT.date())
        mentees, mentors = pool_of(people, at=AT, programme=PROGRAMME)
        with self.parts.uow.begin() as store:
            for mentee in mentees:
                store.pool.keep(_member(mentee.id, mentee=mentee.facts))
            for mentor in mentors:
                store.pool.keep(_member(mentor.id, mentor=mentor.facts))
        with self.parts.engine.begin() as connection:  # as if after a round; otherwise "why" does not read the pool
            connection.execute(mentee_rows.update().values(why="shortage"))
        self.client = SERVICE.web_app(self.parts).test_client()

    def read(self) -> Snapshot:
        """Read the pool as a round and a what-if do."""
        with self.parts.uow.begin(read_only=True) as store:
            return store.rounds.snapshot(PROGRAMME)

    def ask(self, method: str, path: str, body: Any = None) -> str:
        """Send a request as the admin; return the body, or raise unless the status is 200."""
        answer = self.client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {_staff_token()}"})
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.text}")
        return answer.text


def _staff_token() -> str:
    """Return a token that may do everything in the matcher, signed with the development key."""
    caller = Principal("staff", "bench", PROGRAMME, permissions=frozenset(PERMISSIONS), session="bench")
    return TokenIssuer(DEVELOPMENT_PRIVATE_KEY, audience=["matcher"]).issue(caller)


def _member(person_id: str, **sides: Any) -> KnownPerson:
    return KnownPerson(person_id=person_id, programme_id=PROGRAMME, version=1, locale="en", **sides)


def candidates(weights: Weights) -> dict[str, Weights]:
    """Return candidate weights with one change each, by name."""
    found = {}
    for name, change in CHANGES.items():
        criteria = {one: setting for one, setting in change.items() if isinstance(setting, Setting)}
        fields: dict[str, Any] = {one: value for one, value in change.items() if not isinstance(value, Setting)}
        found[name] = replace(weights, criteria={**weights.criteria, **criteria}, **fields)
    return found


def steps(running: Programme, case: Row) -> Iterator[tuple[str, Callable[[], Any], int]]:
    """Yield what is measured: a name, the work, and the number of runs."""
    often, seldom = case["repeat"], max(1, case["repeat"] // 2)
    yield "read the pool", running.read, seldom
    snapshot = running.read()
    yield "prepare it", lambda: prepare(snapshot), seldom
    prepared = prepare(snapshot)
    for name, candidate in candidates(snapshot.weights).items():
        yield f"what-if, {name}", _what_if_call(snapshot, candidate, prepared), often
    for name, candidate in candidates(snapshot.weights).items():
        body = {key: value for key, value in weights_to_json(candidate).items() if key != "version"}
        yield f"POST what-if, {name}", _request_call(running, "POST", "/matcher/v1/what-if", body), often
    solved = prepared.solved
    waiting = [one.id for one in snapshot.mentees if one.id not in solved.mentor_of][:often]
    if waiting:
        paths = iter([f"/matcher/v1/mentees/{one}/why-unmatched" for one in waiting] * 3)
        yield "GET why-unmatched", lambda: running.ask("GET", next(paths)), min(often, len(waiting))
        rows = {one.id: row for row, one in enumerate(solved.problem.pool.mentees)}
        yield "why-unmatched", lambda: why_unmatched(solved.problem, rows[waiting[0]]), often
    pair = _another_pair(solved)
    yield "POST why-not", _request_call(running, "POST", "/matcher/v1/why-not", pair), seldom
    yield "round: settle", lambda: solve_pool(snapshot), seldom
    yield "round: all", lambda: run_round(snapshot), seldom
    result = run_round(snapshot)
    yield "round: snapshot as JSON", lambda: snapshot_to_json(snapshot), seldom
    text = snapshot_to_json(snapshot)
    yield "round: read that JSON", lambda: snapshot_from_json(text), seldom
    yield "round: result as JSON", lambda: result_to_json(result), seldom
    events = [_changed(mentee) for mentee in snapshot.mentees[:1000]]
    values = [encode(event) for event in events]
    yield f"encode {len(events)} events", lambda: [encode(event) for event in events], often
    yield f"decode {len(events)} events", lambda: [decode(PersonChanged, value) for value in values], often


def _changed(mentee: Mentee) -> PersonChanged:
    return PersonChanged(person_id=mentee.id, programme_id=PROGRAMME, version=1, locale="en", mentee=mentee.facts)


def _what_if_call(snapshot: Snapshot, candidate: Weights, prepared: Prepared) -> Callable[[], Any]:
    return lambda: what_if(snapshot, candidate, prepared)


def _request_call(running: Programme, method: str, path: str, body: Any) -> Callable[[], Any]:
    return lambda: running.ask(method, path, body)


def _another_pair(solved: SolvedPool) -> dict[str, str]:
    """Return the ids of a matched mentee and of another eligible mentor with places."""
    pool, rows = solved.problem.pool, solved.problem.seats.mentor_rows
    with_seats = {int(row) for row in rows}
    for row, mentor in enumerate(solved.answer.mentor_of):
        others = [one for one in solved.answer.others[row] if one != mentor and one in with_seats]
        if mentor >= 0 and others:
            return {"mentee_id": pool.mentees[row].id, "mentor_id": pool.mentors[others[0]].id}
    raise RuntimeError("nobody in this pool has a choice")


def one_case(case: Row) -> list[Row]:
    """Measure one programme, in a fresh process."""
    configure("WARNING", "matcher", "bench")  # no log line per request
    found = []
    with tempfile.TemporaryDirectory() as folder:
        running = Programme(Path(folder), case)
        for name, work, repeat in steps(running, case):
            if not any(part in name for part in case["only"]):
                continue
            work()  # load modules and fill caches first
            runs = [timed(work)[1] for _ in range(repeat)]
            medians = {clock: statistics.median(run[clock] for run in runs) for clock in ("wall", "cpu")}
            found.append({**case, "step": name, **medians, "runs": runs, "megabytes": peak_megabytes()})
            print(line(found[-1]), flush=True)
    return found


def line(row: Row) -> str:
    """Return one line of the table."""
    name = f"{row['mentees']:>7}x{row['mentors']:<6} {row['regime']:<9} {row['step']:<26}"
    slowest = max(run["wall"] for run in row["runs"])
    return f"{name}{row['wall'] * 1e3:>10.1f}{row['cpu'] * 1e3:>10.1f}{slowest * 1e3:>10.1f}{row['megabytes']:>8.0f}"


def main(arguments: list[str]) -> int:
    """Measure the cases, print the table on the way, write the JSON."""
    asked = options(arguments)
    build()
    rows: list[Row] = []
    print(f"{'size':>14} {'regime':<9} {'step':<26}{'wall ms':>10}{'cpu ms':>10}{'slowest':>10}{'MB':>8}", flush=True)
    for size in asked.sizes.split(","):
        mentees, mentors = map(int, size.split("x"))
        for regime in asked.regimes.split(","):
            case = {
                "mentees": mentees,
                "mentors": mentors,
                "regime": regime,
                "seed": asked.seed,
                "repeat": asked.repeat,
                "only": asked.only.split(","),
            }
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                rows += pool.apply(one_case, (case,))
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    command_line.write_out(asked.out, {"machine": machine, "command": arguments, "rows": rows})
    return 0


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    reader = command_line.parser(__doc__, repeat=7)
    reader.add_argument("--sizes", default="1000x400,5000x1500")
    reader.add_argument("--regimes", default="scarce,balanced,surplus")
    reader.add_argument("--only", default="", help="parts of the names of the steps to measure, with commas")
    return reader.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
