"""One example of every version of every event, kept for ever: every version ever published must still decode."""

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
def test_an_old_example_can_still_be_decoded(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    decoded = json.loads(encode(decode(catalogue.BY_TYPE[path.stem], path.read_bytes())))
    assert example.items() <= decoded.items()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_example_is_valid_by_its_published_schema(path: Path) -> None:
    schema = json.loads((SCHEMAS / path.name).read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    example = json.loads(path.read_text(encoding="utf-8"))
    assert validator.is_valid(example)
    del example[catalogue.BY_TYPE[path.stem].key_field]
    assert not validator.is_valid(example)
