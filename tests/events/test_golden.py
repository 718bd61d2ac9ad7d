"""One example of every version of every event, kept for ever: every version ever published must still decode."""

import dataclasses
import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema_rs
import pytest

from services.chassis.messages.codec import decode, encode
from services.chassis.messages.event import Event
from services.events import catalogue
from tests.events.golden_comparison import lost

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
SCHEMAS = Path(__file__).parents[2] / "services" / "events" / "schemas"


def test_every_event_has_an_example() -> None:
    assert {path.stem for path in GOLDEN} == set(catalogue.BY_TYPE)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_old_example_can_still_be_decoded(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    decoded = json.loads(encode(decode(catalogue.BY_TYPE[path.stem], path.read_bytes())))
    assert list(lost(example, decoded)) == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_example_is_valid_by_its_published_schema(path: Path) -> None:
    schema = json.loads((SCHEMAS / path.name).read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    example = json.loads(path.read_text(encoding="utf-8"))
    assert validator.is_valid(example)
    del example[catalogue.BY_TYPE[path.stem].key_field]
    assert not validator.is_valid(example)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_bytes_on_the_wire_are_canonical(path: Path) -> None:
    event = catalogue.BY_TYPE[path.stem]
    written = encode(decode(event, path.read_bytes()))
    text = json.dumps(json.loads(written), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert written == text.encode()


@pytest.mark.parametrize("event", catalogue.ALL, ids=lambda event: event.__name__)
def test_every_event_is_frozen_with_all_that_it_holds(event: type[Event]) -> None:
    assert [kind.__name__ for kind in _dataclasses_in(event) if not kind.__dataclass_params__.frozen] == []


def _dataclasses_in(hint: Any) -> set[Any]:
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        return {hint}.union(*(_dataclasses_in(hints[field.name]) for field in dataclasses.fields(hint)))
    return set().union(*map(_dataclasses_in, get_args(hint)))
