"""Weights to and from plain JSON values, for doors, stores and snapshots."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.matcher.domain.weights.faults import Fault
from services.matcher.domain.weights.validate import validate, validate_values
from services.matcher.domain.weights.values import Closeness, Mode, Setting, Weights, default_weights

_FIELDS = ("version", "criteria", "coverage", "quality_floor", "matters_boost", "promise_hours", "closeness")
_NO_OBJECT = Fault("", "write an object with the criteria and their settings")


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


def weights_from_json(
    told: object, version: int | None = None, base: Weights | None = None
) -> tuple[Weights | None, list[Fault]]:
    """Read weights from plain values; what is not named stays as in ``base``, the defaults unless told otherwise.

    Criteria and promises are laid over those of ``base`` one by one; closeness cells, of which most programmes have
    none, replace all of its cells. Returns the weights and no fault, or None and every fault found. ``version``
    overrides the one in the values.
    """
    if not isinstance(told, Mapping):
        return None, [_NO_OBJECT]
    weights = _laid_over(told, base or default_weights(), version)
    faults = [*_shape(told), *validate(weights)]
    return (None, faults) if faults else (weights, [])


def faults_in_json(told: object) -> list[Fault]:
    """The faults that plain values have whatever they are laid over; empty for a part of some weights that may do."""
    if not isinstance(told, Mapping):
        return [_NO_OBJECT]
    return [*_shape(told), *validate_values(_laid_over(told, default_weights(), None))]


def _laid_over(told: Mapping[str, Any], start: Weights, version: int | None) -> Weights:
    """Take over what has the right shape; the rest is told by ``_shape``."""
    usual = {**default_weights().criteria, **start.criteria}
    criteria = _mapping(told, "criteria")
    own = {name: _setting(one, usual.get(name)) for name, one in criteria.items() if isinstance(one, Mapping)}
    tables = _mapping(told, "closeness") if "closeness" in told else start.closeness
    return Weights(
        version=version if version is not None else told.get("version", start.version),
        criteria={**usual, **own},
        coverage=told.get("coverage", start.coverage),
        quality_floor=told.get("quality_floor", start.quality_floor),
        matters_boost=told.get("matters_boost", start.matters_boost),
        promise_hours={**start.promise_hours, **_mapping(told, "promise_hours")},
        closeness={name: _rows(table) for name, table in tables.items() if isinstance(table, Mapping)},
    )


def _mapping(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name, {})
    return found if isinstance(found, Mapping) else {}


def _setting(told: Mapping[str, Any], usual: Setting | None) -> Setting:
    known = usual or Setting(Mode.SOFT, 0)
    mode = told.get("mode", known.mode)
    return Setting(Mode(mode) if mode in list(Mode) else known.mode, told.get("weight", known.weight))


def _rows(table: Mapping[str, Any]) -> Closeness:
    return {code: row for code, row in table.items() if isinstance(row, Mapping)}


def _shape(told: Mapping[str, Any]) -> Iterator[Fault]:
    for name in told:
        if name not in _FIELDS:
            yield Fault(str(name), f"there is no such field; write one of: {', '.join(_FIELDS)}")
    for name in ("criteria", "promise_hours", "closeness"):
        if not isinstance(told.get(name, {}), Mapping):
            yield Fault(name, "write an object here")
    for name, setting in _mapping(told, "criteria").items():
        yield from _setting_shape(str(name), setting)
    for name, table in _mapping(told, "closeness").items():
        if not isinstance(table, Mapping):
            yield Fault(f"closeness.{name}", "write an object of objects: mentee's code, mentor's code, 0 to 100")
            continue
        for code, row in table.items():
            if not isinstance(row, Mapping):
                yield Fault(f"closeness.{name}.{code}", 'write an object with mentors\' codes, such as {"t2d": 45}')


def _setting_shape(name: str, told: object) -> Iterator[Fault]:
    if not isinstance(told, Mapping):
        yield Fault(f"criteria.{name}", 'write an object such as {"mode": "soft", "weight": 40}')
        return
    for field in told:
        if field not in ("mode", "weight"):
            yield Fault(f"criteria.{name}.{field}", "there is no such field; write mode or weight")
    if "mode" in told and told["mode"] not in list(Mode):
        yield Fault(f"criteria.{name}.mode", "write hard, soft or off")
