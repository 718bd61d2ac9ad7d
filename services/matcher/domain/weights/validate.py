"""Validation of weights; returns every fault at once, each with what to do."""

from collections.abc import Iterator, Mapping
from functools import partial

from services.chassis.i18n.sentence import Hint, Sentence
from services.events.vocabulary import is_code, nearest
from services.matcher.domain.weights.catalogue import criterion_data, criterion_names
from services.matcher.domain.weights.faults import WeightsFault
from services.matcher.domain.weights.values import Closeness, Mode, Setting, Weights

_LONGEST_CODE = 60  # an unknown code is the caller's own text
LANES = ("newly_diagnosed", "standard")


def validate(weights: Weights) -> list[WeightsFault]:
    """Return the faults of the weights; empty when they can be published."""
    return [*validate_values(weights), *_any_weight(weights)]


def validate_values(weights: Weights) -> Iterator[WeightsFault]:
    """Yield the faults of single values, independent of the other values."""
    yield from _whole("version", weights.version, 1, 2**31 - 1)
    yield from _whole("coverage", weights.coverage, 0, 100)
    yield from _whole("quality_floor", weights.quality_floor, 0, 100)
    yield from _whole("matters_boost", weights.matters_boost, 1, 5)
    yield from _promises(weights.promise_hours)
    yield from _criteria(weights)
    yield from _closeness(weights.closeness)


def _whole(field: str, value: object, least: int, most: int) -> Iterator[WeightsFault]:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        yield WeightsFault(field, Sentence("write a whole number from %(least)s to %(most)s", least=least, most=most))


def _promises(hours: Mapping[str, int]) -> Iterator[WeightsFault]:
    for lane in hours:
        if lane not in LANES:
            what = Sentence("there is no such lane; write one of: %(known)s", known=", ".join(LANES))
            yield WeightsFault(f"promise_hours.{lane}", what)
    for lane in LANES:
        if lane not in hours:
            yield WeightsFault(f"promise_hours.{lane}", "write within how many hours people of this lane are matched")
        else:
            yield from _whole(f"promise_hours.{lane}", hours[lane], 1, 24 * 365)


def _criteria(weights: Weights) -> Iterator[WeightsFault]:
    for name, setting in weights.criteria.items():
        if name not in criterion_names():
            known = ", ".join(criterion_names())
            yield WeightsFault(
                f"criteria.{name}", Sentence("there is no such criterion; write one of: %(known)s", known=known)
            )
        else:
            yield from _setting(name, setting)


def _any_weight(weights: Weights) -> Iterator[WeightsFault]:
    if not any(_counts(weights.setting(name)) for name in criterion_names()):
        yield WeightsFault(
            "criteria", "give at least one criterion a weight above 0, or every pair would be worth the same"
        )


def _counts(setting: Setting) -> bool:
    return setting.mode != Mode.OFF and isinstance(setting.weight, int) and setting.weight > 0


def _setting(name: str, setting: Setting) -> Iterator[WeightsFault]:
    yield from _whole(f"criteria.{name}.weight", setting.weight, 0, 100)
    data = criterion_data(name)
    if setting.mode not in data.get("modes", list(Mode)):
        allowed, why = ", ".join(data["modes"]), Sentence(data["why_modes"])
        what = Sentence("write one of these for this criterion: %(modes)s (%(why)s)", modes=allowed, why=why)
        yield WeightsFault(f"criteria.{name}.mode", what)


def _closeness(overrides: Mapping[str, Closeness]) -> Iterator[WeightsFault]:
    for name, table in overrides.items():
        data = criterion_data(name) if name in criterion_names() else {}
        if "closeness" not in data:
            yield WeightsFault(f"closeness.{name}", "there is no closeness table of this name")
            continue
        for mentee_code, row in table.items():
            for mentor_code, points in row.items():
                yield from _cell(
                    f"closeness.{name}.{mentee_code}.{mentor_code}", data["axis"], mentee_code, mentor_code
                )
                yield from _whole(f"closeness.{name}.{mentee_code}.{mentor_code}", points, 0, 100)


def _cell(field: str, axis: str, *pair: str) -> Iterator[WeightsFault]:
    for code in pair:
        if not is_code(axis, code):
            what = Hint(
                "%(code)s is no such code",
                partial(nearest, axis, code),
                "%(code)s is no such code; the nearest are: %(near)s",
                code=code[:_LONGEST_CODE],
            )
            yield WeightsFault(field, what)
