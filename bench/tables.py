"""Format the lines of the table and the summary against the goals."""

import statistics
from typing import Any

from bench.contest import OURS
from bench.goals import FLOOR, PLAIN_SECONDS, SECONDS_AND_MEGABYTES, TIMES_FASTER, times_the_floor
from bench.peers import PEERS

Row = dict[str, Any]
TITLES = (
    f"{'size':>13} {'market':<9}{'aim':<9}{'solver':<16}{'runs':>4}{'wall ms':>10}{'min':>10}{'max':>10}{'cpu ms':>10}"
    f"{'+MB':>7}{'value':>15}{'matched':>8}  {'ours':>7}"
)
CASE = ("mentees", "mentors", "regime", "objective", "seed")


def measured(row: Row) -> Row:
    """Add the medians to a row of raw runs; return it."""
    if not row["runs"]:
        return row
    wall, cpu = ([run[kind] for run in row["runs"]] for kind in ("wall", "cpu"))
    row.update(wall=statistics.median(wall), wall_min=min(wall), wall_max=max(wall), cpu=statistics.median(cpu))
    if "eligible_pairs" in row:
        row["times_floor"] = row["cpu"] * FLOOR / max(row["eligible_pairs"], 1)
    return row


def line(row: Row, ours: Row) -> str:
    """Return one line; the last column is the processor time relative to ours, or whether ours was proved."""
    name = f"{row['mentees']:>6}x{row['mentors']:<6} {row['regime']:<9}{row['objective']:<9}{row['solver']:<16}"
    if reason := silent(row):
        return f"{name} {reason}"
    times = [row["wall"], row["wall_min"], row["wall_max"], row["cpu"]]
    text = f"{name}{len(row['runs']):>4}" + "".join(f"{1e3 * seconds:>10.1f}" for seconds in times)
    text += f"{row['megabytes'] - row['megabytes_before']:>7.0f}{row['value']:>15}{row['matched']:>8}  "
    if row["solver"] in OURS:
        return text + f"{'proved' if row['proved'] else 'NOT PROVED'}, {row['times_floor']:.1f} times the floor"
    note = (
        "" if PEERS[row["solver"]].exact else f"  {100 * row['value'] / max(ours.get('value', 0), 1):.1f} % of the best"
    )
    return text + (f"{row['cpu'] / ours['cpu']:>6.1f}x" if "cpu" in ours else "") + note


def silent(row: Row) -> str:
    """Return why a solver has no figures; empty if it has."""
    if "failed" in row:
        return str(row["failed"])
    if "left_out" in row:
        return str(row["left_out"])
    return f"not within {row['gave_up_after']:.0f} s" if "gave_up_after" in row and not row["runs"] else ""


def disagreements(rows: list[Row]) -> list[str]:
    """Return the cases where exact solvers differ in the value, or in the people matched where those come first."""
    answers: dict[tuple[Any, ...], dict[str, tuple[int, ...]]] = {}
    for row in rows:
        if "value" in row and (row["solver"] in OURS or PEERS[row["solver"]].exact):
            results = (row["value"], row["matched"]) if row["objective"] == "coverage" else (row["value"],)
            answers.setdefault(tuple(row[part] for part in CASE), {})[row["solver"]] = results
    return [f"{case}: {values}" for case, values in answers.items() if len(set(values.values())) > 1]


def summary(rows: list[Row]) -> list[str]:
    """Return lines that compare ours with the best exact peer and the goals, case by case, by wall time.

    Ours may use two threads, which processor seconds count twice; on a busy machine those vary less.
    """
    cases: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        cases.setdefault(tuple(row[part] for part in CASE), []).append(row)
    lines = [f"{'size':>13} {'market':<9}{'aim':<9}{'best exact peer':<16}{'wall x':>8}{'cpu x':>8}{'goal':>6}"]
    for case, case_rows in cases.items():
        ours = next((row for row in case_rows if row["solver"] == "cairn compiled" and row["runs"]), None)
        if ours is not None:
            lines.append(f"{case[0]:>6}x{case[1]:<6} {case[2]:<9}{case[3]:<9}" + _comparison(ours, case_rows))
    lines += [line for row in rows if row["runs"] for line in _absolute(row)]
    return lines


def _comparison(ours: Row, case_rows: list[Row]) -> str:
    exact = [row for row in case_rows if row["runs"] and row["solver"] not in OURS and PEERS[row["solver"]].exact]
    if not exact:
        return f"{'none ran':<16}"
    best = min(exact, key=lambda row: row["wall"])
    wall, cpu = best["wall"] / ours["wall"], min(row["cpu"] for row in exact) / ours["cpu"]
    goal = TIMES_FASTER.get(ours["mentees"], {}).get(ours["regime"])
    text = f"{best['solver']:<16}{wall:>8.1f}{cpu:>8.1f}{goal or '':>6}"
    return text + ("" if goal is None else f"  {_met(wall >= goal)}")


def _absolute(row: Row) -> list[str]:
    """Return lines for the goals that do not depend on peers; below 1,000 mentees the floor is too short to measure."""
    name, size = f"{row['mentees']}x{row['mentors']} {row['regime']} {row['objective']}", row["mentees"]
    results = []
    if row["solver"] == "cairn plain" and size in PLAIN_SECONDS:
        goal = PLAIN_SECONDS[size]
        results.append(f"plain twin {row['wall']:.2f} s, goal {goal:.0f} s, {_met(row['wall'] <= goal)}")
    if row["solver"] == "cairn compiled" and size in SECONDS_AND_MEGABYTES:
        seconds, megabytes = SECONDS_AND_MEGABYTES[size]
        met = row["wall"] <= seconds and row["megabytes"] <= megabytes
        took = f"{row['wall']:.1f} s, {row['megabytes']:.0f} MB in all"
        results.append(f"{took}, goal {seconds:.0f} s and {megabytes:.0f} MB, {_met(met)}")
    if row["solver"] == "cairn compiled" and size >= 1_000:
        allowed, times = times_the_floor(size), row["times_floor"]
        results.append(f"{times:.1f} times the floor, goal {allowed}, {_met(times <= allowed)}")
    return [f"{name}: {result}" for result in results]


def _met(met: bool) -> str:
    return "met" if met else "not met"
