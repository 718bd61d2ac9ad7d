"""Conversion of weights to and from plain JSON values, for doors, stores and snapshots."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from services.chassis.i18n.sentence import Sentence
from services.matcher.domain.weights.faults import WeightsFault
from services.matcher.domain.weights.validate import validate, validate_values
from services.matcher.domain.weights.values import Closeness, Mode, Setting, Weights, default_weights

_FIELDS = ("version", "criteria", "coverage", "quality_floor", "matters_boost", "promise_hours", "closeness")
_NO_OBJECT = WeightsFault("", "write an object with the criteria and their settings")


def weights_to_json(weights: Weights) -> dict[str, Any]:
    """Return the weights as plain values, with every field."""
    return {
        "version": weights.version,
        "criteria": {name: {"mode": str(s.mode), "weight": s.weight} for name, s in weights.criteria.items()},
        "coverage": weights.coverage,
        "quality_floor": weights.quality_floor,
        "matters_boost": weights.matters_boost,
        "promise_hours": dict(weights.promise_hours),
        "closeness": {
            name: {code: dict(row) for code, row in table.items()} for name, table in weights.closeness.items()
        },
    }


def weights_from_json(
    values: object, version: int | None = None, base: Weights | None = None
) -> tuple[Weights | None, list[WeightsFault]]:
    """Read weights from plain values; fields that are missing stay as in ``base``, by default the default weights.

    Criteria and promises are merged into those of ``base``; closeness cells, of which most programmes have none,
    replace all of its cells. Returns the weights and no fault, or None and every fault found. ``version`` overrides
    the version in the values.
    """
    if not isinstance(values, Mapping):
        return None, [_NO_OBJECT]
    weights = _merged(values, base or default_weights(), version)
    faults = [*_shape(values), *validate(weights)]
    return (None, faults) if faults else (weights, [])


def faults_in_json(values: object, most: int | None = None) -> list[WeightsFault]:
    """Return the faults (the first ``most``) that partial weights have over any base; empty where a base cures all."""
    if not isinstance(values, Mapping):
        return [_NO_OBJECT]
    return list(islice(chain(_shape(values), validate_values(_merged(values, default_weights(), None))), most))


def _merged(values: Mapping[str, Any], start: Weights, version: int | None) -> Weights:
    """Merge the values that have the right shape; ``_shape`` reports the others."""
    usual = {**default_weights().criteria, **start.criteria}
    criteria = _mapping(values, "criteria")
    own = {
        name: _setting(setting, usual.get(name)) for name, setting in criteria.items() if isinstance(setting, Mapping)
    }
    tables = _mapping(values, "closeness") if "closeness" in values else start.closeness
    return Weights(
        version=version if version is not None else values.get("version", start.version),
        criteria={**usual, **own},
        coverage=values.get("coverage", start.coverage),
        quality_floor=values.get("quality_floor", start.quality_floor),
        matters_boost=values.get("matters_boost", start.matters_boost),
        promise_hours={**start.promise_hours, **_mapping(values, "promise_hours")},
        closeness={name: _rows(table) for name, table in tables.items() if isinstance(table, Mapping)},
    )


def _mapping(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = values.get(name, {})
    return value if isinstance(value, Mapping) else {}


def _setting(values: Mapping[str, Any], usual: Setting | None) -> Setting:
    known = usual or Setting(Mode.SOFT, 0)
    mode = values.get("mode", known.mode)
    return Setting(Mode(mode) if mode in list(Mode) else known.mode, values.get("weight", known.weight))


def _rows(table: Mapping[str, Any]) -> Closeness:
    return {code: row for code, row in table.items() if isinstance(row, Mapping)}


def _shape(values: Mapping[str, Any]) -> Iterator[WeightsFault]:
    for name in values:
        if name not in _FIELDS:
            yield WeightsFault(
                str(name), Sentence("there is no such field; write one of: %(known)s", known=", ".join(_FIELDS))
            )
    for name in ("criteria", "promise_hours", "closeness"):
        if not isinstance(values.get(name, {}), Mapping):
            yield WeightsFault(name, "write an object here")
    for name, setting in _mapping(values, "criteria").items():
        yield from _setting_shape(str(name), setting)
    for name, table in _mapping(values, "closeness").items():
        if not isinstance(table, Mapping):
            yield WeightsFault(
                f"closeness.{name}", "write an object of objects: mentee's code, mentor's code, 0 to 100"
            )
            continue
        for code, row in table.items():
            if not isinstance(row, Mapping):
                yield WeightsFault(
                    f"closeness.{name}.{code}", 'write an object with mentors\' codes, such as {"t2d": 45}'
                )


def _setting_shape(name: str, values: object) -> Iterator[WeightsFault]:
    if not isinstance(values, Mapping):
        yield WeightsFault(f"criteria.{name}", 'write an object such as {"mode": "soft", "weight": 40}')
        return
    for field in values:
        if field not in ("mode", "weight"):
            yield WeightsFault(f"criteria.{name}.{field}", "there is no such field; write mode or weight")
    if "mode" in values and values["mode"] not in list(Mode):
        yield WeightsFault(f"criteria.{name}.mode", "write hard, soft or off")
