"""Weights to and from plain JSON values, for doors, stores and snapshots."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.matcher.domain.weights.faults import Fault
from services.matcher.domain.weights.validate import validate
from services.matcher.domain.weights.values import Mode, Setting, Weights, default_weights

_FIELDS = ("version", "criteria", "coverage", "quality_floor", "matters_boost", "promise_hours", "closeness")


def weights_to_json(weights: Weights) -> dict[str, Any]:
    """Plain values, every field written out."""
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


def weights_from_json(told: object, version: int | None = None) -> tuple[Weights | None, list[Fault]]:
    """Read weights from plain values; what is not named keeps its default.

    Returns the weights and no fault, or None and every fault found. ``version`` overrides the one in the values.
    """
    if not isinstance(told, Mapping):
        return None, [Fault("", "write an object with the criteria and their settings")]
    faults = [*_shape(told)]
    if faults:
        return None, faults
    start = default_weights()
    weights = Weights(
        version=version if version is not None else told.get("version", start.version),
        criteria={**start.criteria, **{name: _setting(s, start, name) for name, s in told.get("criteria", {}).items()}},
        coverage=told.get("coverage", start.coverage),
        quality_floor=told.get("quality_floor", start.quality_floor),
        matters_boost=told.get("matters_boost", start.matters_boost),
        promise_hours={**start.promise_hours, **told.get("promise_hours", {})},
        closeness=told.get("closeness", {}),
    )
    faults = validate(weights)
    return (None, faults) if faults else (weights, [])


def _setting(told: Mapping[str, Any], start: Weights, name: str) -> Setting:
    usual = start.criteria.get(name, Setting(Mode.SOFT, 0))
    return Setting(Mode(told.get("mode", usual.mode)), told.get("weight", usual.weight))


def _shape(told: Mapping[str, Any]) -> Iterator[Fault]:
    for name in told:
        if name not in _FIELDS:
            yield Fault(str(name), f"there is no such field; write one of: {', '.join(_FIELDS)}")
    for name in ("criteria", "promise_hours", "closeness"):
        if not isinstance(told.get(name, {}), Mapping):
            yield Fault(name, "write an object here")
    criteria = told.get("criteria", {})
    if isinstance(criteria, Mapping):
        for name, setting in criteria.items():
            yield from _setting_shape(str(name), setting)
    tables = told.get("closeness", {})
    if isinstance(tables, Mapping):
        for name, table in tables.items():
            if not isinstance(table, Mapping) or not all(isinstance(row, Mapping) for row in table.values()):
                yield Fault(f"closeness.{name}", "write an object of objects: mentee's code, mentor's code, 0 to 100")


def _setting_shape(name: str, told: object) -> Iterator[Fault]:
    if not isinstance(told, Mapping):
        yield Fault(f"criteria.{name}", 'write an object such as {"mode": "soft", "weight": 40}')
        return
    for field in told:
        if field not in ("mode", "weight"):
            yield Fault(f"criteria.{name}.{field}", "there is no such field; write mode or weight")
    if "mode" in told and told["mode"] not in list(Mode):
        yield Fault(f"criteria.{name}.mode", "write hard, soft or off")
