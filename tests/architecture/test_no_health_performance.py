"""Nobody is asked for, or matched on, how well their glucose levels, weight or any figure of theirs are (need W1).

Holds every name there is: fields of events and of API bodies, codes of the vocabularies, columns of the databases.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.events import catalogue, facts

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"a1c|hba|glycated|(?<![a-z])(body_?)?weight(_?(kg|lb|loss|now|kilos))?(?![a-z])|(?<![a-z])bmi(?![a-z])"
    r"|time_?in_?range|(?<![a-z])tir(?![a-z])|(?<![a-z])gmi(?![a-z])|glucose|fasting_(level|value)|blood_?sugar",
    re.IGNORECASE,
)
MATCHING_WEIGHT = {"weight", "weights"}  # how much a criterion counts; allowed in the matcher's own settings alone


def names_in_events() -> Iterator[str]:
    told = [*catalogue.ALL, *(value for value in vars(facts).values() if dataclasses.is_dataclass(value))]
    for kind in told:
        for field in dataclasses.fields(kind):  # type: ignore[arg-type]
            yield field.name


def names_in_vocabulary() -> Iterator[str]:
    codes = json.loads((ROOT / "services/events/vocabulary/codes.json").read_text(encoding="utf-8"))
    for axis, values in codes.items():
        yield axis
        yield from values


def names_in(description: Any) -> Iterator[str]:
    """Every property name in the schemas of an API description."""
    if isinstance(description, dict):
        for name, value in description.items():
            if name == "properties" and isinstance(value, dict):
                yield from value
            yield from names_in(value)
    elif isinstance(description, list):
        for value in description:
            yield from names_in(value)


def names_in_profiles() -> Iterator[str]:
    from services.events.vocabulary.device_models import device_models
    from services.profiles.adapters.tables import METADATA
    from services.profiles.api.schemas import answers, sides

    for module in (answers, sides):
        for value in vars(module).values():
            if isinstance(value, type) and hasattr(value, "_declared_fields"):
                yield from value._declared_fields
    for table in METADATA.tables.values():
        yield from (column.name for column in table.columns)
    yield from device_models()


@pytest.mark.parametrize("source", [names_in_events, names_in_vocabulary, names_in_profiles])
def test_there_is_no_place_to_keep_a_figure_of_health(source: Any) -> None:
    names = list(source())
    assert len(names) > 20
    assert [name for name in names if FORBIDDEN.search(name)] == []


def test_no_described_api_has_such_a_field() -> None:
    for path in sorted((ROOT / "docs" / "api").glob("*.json")):
        names = set(names_in(json.loads(path.read_text(encoding="utf-8"))))
        allowed = MATCHING_WEIGHT if path.stem.startswith("matcher") else set()
        assert [name for name in names - allowed if FORBIDDEN.search(name)] == [], path.name


@pytest.mark.parametrize(
    "name",
    ["a1c", "last_hba1c", "weight", "body_weight", "weight_kg", "bmi", "time_in_range", "tir", "glucose_average"],
)
def test_such_a_name_would_be_found(name: str) -> None:
    assert FORBIDDEN.search(name)
