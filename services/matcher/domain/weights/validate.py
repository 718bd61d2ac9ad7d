"""Validation of weights; returns every fault at once, each with what to do."""

from collections.abc import Iterator, Mapping

from services.events.vocabulary import is_code, nearest
from services.matcher.domain.weights.catalogue import criterion_data, criterion_names
from services.matcher.domain.weights.faults import Fault
from services.matcher.domain.weights.values import Closeness, Mode, Setting, Weights

LANES = ("newly_diagnosed", "standard")


def validate(weights: Weights) -> list[Fault]:
    """Return the faults of the weights; empty when they can be published."""
    return [*validate_values(weights), *_any_weight(weights)]


def validate_values(weights: Weights) -> list[Fault]:
    """Return the faults of single values, independent of the other values."""
    return [
        *_whole("version", weights.version, 1, 2**31 - 1),
        *_whole("coverage", weights.coverage, 0, 100),
        *_whole("quality_floor", weights.quality_floor, 0, 100),
        *_whole("matters_boost", weights.matters_boost, 1, 5),
        *_promises(weights.promise_hours),
        *_criteria(weights),
        *_closeness(weights.closeness),
    ]


def _whole(field: str, value: object, least: int, most: int) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        yield Fault(field, f"write a whole number from {least} to {most}")


def _promises(hours: Mapping[str, int]) -> Iterator[Fault]:
    for lane in hours:
        if lane not in LANES:
            yield Fault(f"promise_hours.{lane}", f"there is no such lane; write one of: {', '.join(LANES)}")
    for lane in LANES:
        if lane not in hours:
            yield Fault(f"promise_hours.{lane}", "say within how many hours people of this lane are matched")
        else:
            yield from _whole(f"promise_hours.{lane}", hours[lane], 1, 24 * 365)


def _criteria(weights: Weights) -> Iterator[Fault]:
    for name, setting in weights.criteria.items():
        if name not in criterion_names():
            yield Fault(f"criteria.{name}", f"there is no such criterion; write one of: {', '.join(criterion_names())}")
        else:
            yield from _setting(name, setting)


def _any_weight(weights: Weights) -> Iterator[Fault]:
    if not any(_counts(weights.setting(name)) for name in criterion_names()):
        yield Fault("criteria", "give at least one criterion a weight above 0, or every pair would be worth the same")


def _counts(setting: Setting) -> bool:
    return setting.mode != Mode.OFF and isinstance(setting.weight, int) and setting.weight > 0


def _setting(name: str, setting: Setting) -> Iterator[Fault]:
    yield from _whole(f"criteria.{name}.weight", setting.weight, 0, 100)
    data = criterion_data(name)
    if setting.mode not in data.get("modes", list(Mode)):
        allowed = " or ".join(data["modes"])
        yield Fault(f"criteria.{name}.mode", f"this criterion can only be {allowed}: {data['why_modes']}")


def _closeness(overrides: Mapping[str, Closeness]) -> Iterator[Fault]:
    for name, table in overrides.items():
        data = criterion_data(name) if name in criterion_names() else {}
        if "closeness" not in data:
            yield Fault(f"closeness.{name}", "there is no closeness table of this name")
            continue
        for mentee_code, row in table.items():
            for mentor_code, points in row.items():
                yield from _cell(
                    f"closeness.{name}.{mentee_code}.{mentor_code}", data["axis"], mentee_code, mentor_code
                )
                yield from _whole(f"closeness.{name}.{mentee_code}.{mentor_code}", points, 0, 100)


def _cell(field: str, axis: str, *pair: str) -> Iterator[Fault]:
    for code in pair:
        if not is_code(axis, code):
            yield Fault(field, f"{code} is no such code; the nearest are: {', '.join(nearest(axis, code))}")
