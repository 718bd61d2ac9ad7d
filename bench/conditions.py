"""Measure what the conditions of a programme cost a round: many languages, hours in common, a quality floor.

    python -m bench.conditions --out bench/results/conditions.json

People come from the demonstration's generator (seeded), with languages drawn again: the number of tags of the case,
with four levels. From 60 tags on, they include regional varieties and sign languages. Each case is solved from its
snapshot; the number of solves is counted, processor seconds are medians, and the JSON contains the raw runs.
"""

import argparse
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from itertools import accumulate
from typing import Any, TypeVar
from unittest.mock import patch

from bench import command_line
from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.events.facts import Spoken
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.round import Snapshot, solve_pool
from services.matcher.domain.weights import Mode, Setting, Weights, default_weights
from services.matcher.solver.native.build import build

lazy_constraints = import_module(
    "services.matcher.domain.round.lazy_constraints"
)  # the function of that name hides the module

AT = datetime(2025, 6, 2, 12, tzinfo=UTC)
LEVELS = ("native", "fluent", "conversational", "basic")
COMMON = "en es fr ar pt zh hi bn ru ja de ko vi it tr pl uk nl th fa sw am ha yo ig zu xh af so"
MORE = "ro el cs hu sv da nb fi he ur pa ta te ml kn mr gu si ne my km lo ka hy az uz kk mn sq bg"
VARIETIES = "en-US en-GB en-IN es-MX es-AR fr-CA fr-CH pt-BR pt-PT de-AT de-CH ar-EG ar-MA zh-Hant nl-BE"
SIGNED = "ase bfi fsl gsg ins jsl csl bzs lsl mfs hsl ssp ise asf nzs rsl kvk tsm psr dse swl fse nsl vsl vgt asq"
TAGS = f"{COMMON} {MORE} {VARIETIES} {SIGNED}".split()

Row = dict[str, Any]
Person = TypeVar("Person", Mentee, Mentor)
CASES: tuple[Row, ...] = (
    {"case": "16 languages", "tags": 16},
    {"case": "17 languages", "tags": 17},
    {"case": "40 languages", "tags": 40},
    {"case": "100 languages, varieties, signed", "tags": len(TAGS)},
    {"case": "hours in common a condition", "tags": None, "hard": "availability"},
    {"case": "quality floor 70", "tags": None, "quality_floor": 70},
    {"case": "both", "tags": None, "hard": "availability", "quality_floor": 70},
)


def with_languages(people: Sequence[Person], tags: int, dice: random.Random) -> tuple[Person, ...]:
    """Return the same people with one language each, usually a common one, and a second for four in ten."""
    chosen = TAGS[:tags] if tags < len(TAGS) else TAGS
    cumulative = list(accumulate(1 / (place + 3) for place in range(len(chosen))))

    def languages() -> tuple[Spoken, ...]:
        drawn = dict.fromkeys(dice.choices(chosen, cum_weights=cumulative, k=2 if dice.random() < 0.4 else 1))
        return tuple(Spoken(tag=tag, level=dice.choices(LEVELS, (5, 3, 2, 1))[0]) for tag in drawn)

    return tuple(replace(person, facts=replace(person.facts, languages=languages())) for person in people)


def weights_of(case: Row) -> Weights:
    """Return the default weights with the changes of a case."""
    weights = default_weights()
    if name := case.get("hard"):
        harder = Setting(Mode.HARD, weights.setting(name).weight)
        weights = replace(weights, criteria={**weights.criteria, name: harder})
    return replace(weights, quality_floor=case.get("quality_floor", 0))


def snapshot_of(case: Row) -> Snapshot:
    """Return the snapshot of a programme in which all mentees wait."""
    mentees, mentors = pool_of(programme(case["seed"], case["mentors"], case["mentees"]), at=AT)
    if case["tags"]:
        dice = random.Random(case["seed"])
        mentees, mentors = with_languages(mentees, case["tags"], dice), with_languages(mentors, case["tags"], dice)
    return Snapshot(programme="cairn", at=AT, weights=weights_of(case), mentees=mentees, mentors=mentors)


def measured(case: Row, repeat: int) -> Row:
    """Solve a case ``repeat`` times; return the seconds of each run and the number of solver calls."""
    snapshot, raw = snapshot_of(case), []
    solves, solving = 0, 0.0
    solve = lazy_constraints.solve

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal solves, solving
        solves += 1
        started = time.process_time()
        try:
            return solve(*args, **kwargs)
        finally:
            solving += time.process_time() - started

    for _ in range(repeat):
        solves, solving, started = 0, 0.0, time.process_time()
        with patch.object(lazy_constraints, "solve", counted):
            solved = solve_pool(snapshot)
        raw.append({"all": time.process_time() - started, "solves": solving})
    medians = {name: statistics.median(run[name] for run in raw) for name in ("all", "solves")}
    proved = solved.answer.certificate.proves_optimal
    return {**case, "solves": solves, "matched": len(solved.mentor_of), "proved": proved, "cpu": medians, "raw": raw}


def main(arguments: list[str]) -> int:
    """Measure every case, print the table as it grows, write the JSON."""
    asked = options(arguments)
    build()
    mentees, mentors = map(int, asked.size.split("x"))
    rows: list[Row] = []
    print(f"{'':<34}{'solves':>8}{'solves, cpu s':>15}{'all, cpu s':>12}{'matched':>9}")
    for case in CASES:
        if asked.only and asked.only not in case["case"]:
            continue
        rows.append(measured({**case, "mentees": mentees, "mentors": mentors, "seed": asked.seed}, asked.repeat))
        row = rows[-1]
        spent = f"{row['cpu']['solves']:>15.2f}{row['cpu']['all']:>12.2f}"
        print(f"{row['case']:<34}{row['solves']:>8}{spent}{row['matched']:>9}", flush=True)
    machine = {"python": platform.python_version(), "processor": platform.processor(), "cpus": os.cpu_count()}
    command_line.write_out(asked.out, {"machine": machine, "command": arguments, "rows": rows})
    return 0


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    reader = command_line.parser(__doc__, repeat=3)
    reader.add_argument("--size", default="5000x1500")
    reader.add_argument("--only", help="a word of the cases to measure")
    return reader.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
