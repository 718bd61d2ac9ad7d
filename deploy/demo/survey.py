"""``python -m deploy.demo.survey FOLDER``: two invented spreadsheets, as exported from another programme's forms.

The answers of a staff network: other column names, labels instead of codes, ``;`` between cells and a byte order mark,
as office programs write them. The same seed gives the same people. docs/spreadsheets.md uses them.
"""

import argparse
import csv
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from services.events.vocabulary import codes, label

COLUMNS = (
    "First name",
    "Last name",
    "E-mail address",
    "Grade",
    "Organisation",
    "Profession",
    "Identity",
    "Diabetes in my life",
    "Kind of diabetes",
    "I would like to talk about",
)
_GRADES = ("AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6")
_ORGANISATIONS = ("Land Registry", "Museums", "Ports", "Statistics", "Weather Service")
_PROFESSIONS = ("Digital", "Human resources", "Operations", "Policy", "Security")


def people(kind: str, count: int, seed: int) -> list[tuple[str, ...]]:
    """Return ``count`` rows of ``mentees`` or ``mentors``, with cells in the order of ``COLUMNS``."""
    return [_person(random.Random(f"{seed}:{kind}:{number}"), kind, number) for number in range(count)]


def _person(draw: random.Random, kind: str, number: int) -> tuple[str, ...]:
    first, last = kind[:-1].capitalize(), f"{number:03}"
    gender = draw.choice(("woman", "man", "non_binary", ""))
    relation = draw.choices(("self", "parent", "partner"), (6, 3, 1))[0]
    topics = draw.sample(codes("topic"), draw.randint(1, 4))
    return (
        first,
        last,
        f"{first}.{last}@example.org".lower(),
        draw.choice(_GRADES),
        draw.choice(_ORGANISATIONS),
        draw.choice(_PROFESSIONS),
        label("gender", gender, "en") if gender else "",
        label("relation", relation, "en"),
        label("diabetes_type", draw.choices(("t1d", "t2d"), (2, 1))[0], "en"),
        "; ".join(label("topic", topic, "en") for topic in topics),
    )


def write(folder: Path, count: int, seed: int) -> list[Path]:
    """Write ``mentees.csv`` and ``mentors.csv``; return their paths."""
    paths = []
    for kind in ("mentees", "mentors"):
        path = folder / f"{kind}.csv"
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(COLUMNS)
            writer.writerows(people(kind, count, seed))
        paths.append(path)
    return paths


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the two files and print their paths."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo.survey", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder that is there")
    parser.add_argument("--people", type=int, default=50, help="how many on each side")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    for path in write(options.folder, options.people, options.seed):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
