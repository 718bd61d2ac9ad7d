"""One example of every version of every event, kept for ever: what was once said must be understood for all time."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from services.chassis.messages.codec import decode, encode
from services.events import catalogue

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
SCHEMAS = Path(__file__).parents[2] / "services" / "events" / "schemas"


def test_every_event_has_an_example() -> None:
    assert {path.stem for path in GOLDEN} == set(catalogue.BY_TYPE)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_old_example_is_still_understood(path: Path) -> None:
    said = json.loads(path.read_text(encoding="utf-8"))
    understood = json.loads(encode(decode(catalogue.BY_TYPE[path.stem], path.read_bytes())))
    assert said.items() <= understood.items()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_example_is_valid_by_its_published_schema(path: Path) -> None:
    schema = json.loads((SCHEMAS / path.name).read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    said = json.loads(path.read_text(encoding="utf-8"))
    assert validator.is_valid(said)
    del said[catalogue.BY_TYPE[path.stem].key_field]
    assert not validator.is_valid(said)
