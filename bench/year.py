"""Print a simulated year of a programme: sign-ups, matches, and how long each group waited.

    python -m bench.year --seed 1 --mentees 400 --mentors 40 --out year.json

The table in docs/fairness.md is this one.
"""

import statistics
import sys
from collections import Counter

from bench import command_line
from bench.simulation import Week, Year, a_year
from services.matcher.domain.insights.disclosure_control import TOGETHER
from services.matcher.domain.insights.equity import EVERYBODY, GroupEquity, equity
from services.matcher.domain.insights.groups import groups_of
from services.matcher.domain.insights.statistics import survival_quantile

MONTHS = 12
AXES = ("all", "language", "diabetes_type", "relation")


def report(year: Year) -> list[str]:
    """The year as lines of text."""
    return [*_months(year), "", *_groups(year), "", *_ends(year)]


def _months(year: Year) -> list[str]:
    columns = ("came", "matched", "declined", "lapsed", "ended")
    lines = [f"{'month':>5}" + "".join(f"{name:>10}" for name in (*columns, "waiting")) + f"{'median wait':>13}"]
    for month in range(MONTHS):
        weeks = [week for n, week in enumerate(year.weeks) if n * MONTHS // len(year.weeks) == month]
        counts = [sum(getattr(week, name) for week in weeks) for name in columns]
        waits = [hours for week in weeks for hours in week.waits]
        lines.append(
            f"{month + 1:>5}"
            + "".join(f"{count:>10}" for count in (*counts, weeks[-1].waiting))
            + f"{_days(waits):>13}"
        )
    return lines


def _groups(year: Year) -> list[str]:
    journeys = year.journeys()
    lines = [f"{'group':<24}{'waits':>7}{'matched':>9}{'95 % interval':>16}{'median wait':>13}{'95 % wait':>12}"]
    for one in equity(journeys):
        if one.group.axis not in AXES:
            continue
        if one.people is None:
            lines.append(f"{_name(one):<24}{'hidden':>7}")
            continue
        mine = [j for j in journeys if one.group == EVERYBODY or not set(one.counts).isdisjoint(groups_of(j.mentee))]
        lines.append(f"{_name(one):<24}{_fares(one)}{_late([(j.hours, j.matched) for j in mine]):>12}{_alert(one)}")
    return lines


def _name(one: GroupEquity) -> str:
    axis = one.group.axis.split("_")[-1]
    if one.group.code == TOGETHER:
        return f"{axis}, the hidden"
    return axis if one.group == EVERYBODY else f"{axis} {one.group.code}"


def _fares(one: GroupEquity) -> str:
    low, high = one.interval or (0.0, 1.0)
    interval = f"{100 * low:.0f} to {100 * high:.0f} %"
    wait = f"{(one.median_wait or 0) / 24:.1f} d"
    return f"{one.people:>7}{100 * (one.match_rate or 0):>7.0f} %{interval:>16}{wait:>13}"


def _alert(one: GroupEquity) -> str:
    return "  waits 1.5 times the median" if one.alert else ""


def _late(waits: list[tuple[float, bool]]) -> str:
    """Within how many days 95 of 100 were matched; a wait that goes on counts as long as it lasted."""
    late = survival_quantile(waits, 0.95)
    return "not reached" if late is None else f"{late / 24:.1f} d"


def _ends(year: Year) -> list[str]:
    causes = Counter(year.causes[one.id] for one in year.waiting if one.id in year.causes)
    causes_text = ", ".join(f"{count} {cause}" for cause, count in sorted(causes.items())) or "nobody"
    passed = year.passed_over.most_common(1)
    return [
        f"rounds proved best: {sum(week.optimal for week in year.weeks)} of {len(year.weeks)}",
        f"passed over while a mentor who suits them had a place: {passed[0][1] if passed else 0} rounds at most",
        f"longest from the first time a place could be had to the match: {year.longest_to_match.days} days",
        f"longest wait that goes on, of those whom somebody suits: {year.longest_still_waiting().days} days",
        f"waiting at the end after a round: {causes_text}",
    ]


def _days(hours: list[float]) -> str:
    return f"{statistics.median(hours) / 24:.1f} d" if hours else "-"


def as_json(year: Year) -> list[dict[str, object]]:
    """Every week, for a chart."""
    return [_week(week) for week in year.weeks]


def _week(week: Week) -> dict[str, object]:
    return {**vars(week), "at": week.at.isoformat()}


def main(arguments: list[str]) -> int:
    """Live through the year that was asked for and print it."""
    reader = command_line.parser(__doc__)
    reader.add_argument("--mentees", type=int, default=400, help="who come in the year")
    reader.add_argument("--mentors", type=int, default=40)
    asked = reader.parse_args(arguments)
    year = a_year(asked.seed, mentees=asked.mentees, mentors=asked.mentors)
    print("\n".join(report(year)))
    command_line.write_out(asked.out, as_json(year))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
