"""Builders of people: state what a test is about; the defaults are ordinary and fit each other."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.events.facts import DeviceInterest, DeviceLived, LifeStage, MenteeFacts, MentorFacts, Must, Spoken, Window
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.round import Snapshot
from services.matcher.domain.weights import Mode, Setting, Weights, default_weights

NOW = datetime(2030, 1, 30, 12, tzinfo=UTC)  # a Wednesday
TRAINED = date(2031, 1, 31)


def spoken(*tags: str, level: str = "fluent") -> tuple[Spoken, ...]:
    """Return languages, all at one level."""
    return tuple(Spoken(tag=tag, level=level) for tag in tags)


def asks_about(device_class: str, model: str | None = None, stage: str = "considering") -> DeviceInterest:
    """Return a device interest of a mentee."""
    return DeviceInterest(device_class=device_class, stage=stage, model=model)


def lived_with(device_class: str, model: str | None = None, until: str | None = None) -> DeviceLived:
    """Return a device that a mentor has lived with."""
    return DeviceLived(device_class=device_class, model=model, since="2020-01", until=until)


def free_on(day: str, start: int, end: int) -> Window:
    """Return a weekly window in whole local hours."""
    return Window(day=day, start=60 * start, end=60 * end)


def must(criterion: str, value: str) -> Must:
    """Return a condition of a mentee."""
    return Must(criterion=criterion, value=value)


def stage(code: str, until: date | None = None) -> LifeStage:
    """Return a life stage."""
    return LifeStage(code=code, until=until)


def a_mentee(
    id: str = "mentee",
    *,
    waited: timedelta = timedelta(days=1),
    excluded: Iterable[str] = (),
    held: str | None = None,
    **facts: Any,
) -> Mentee:
    """Return a mentee with type 1 who speaks English; ``facts`` override the defaults."""
    default_values = MenteeFacts(
        waiting_since=NOW - waited, languages=spoken("en"), relation="self", diabetes_type="t1d", diagnosed="2020-01"
    )
    return Mentee(
        id=id, programme="cairn", facts=replace(default_values, **facts), excluded=frozenset(excluded), held=held
    )


def a_mentor(
    id: str = "mentor", *, taken: int = 0, shapes_taken: tuple[str, ...] = (), paused: bool = False, **facts: Any
) -> Mentor:
    """Return an approved and trained mentor with type 1 who speaks English; ``facts`` override the defaults."""
    default_values = MentorFacts(
        languages=spoken("en"), relations=("self",), diabetes_types=("t1d",), approved=True, trained_until=TRAINED
    )
    return Mentor(
        id=id,
        programme="cairn",
        facts=replace(default_values, **facts),
        taken=taken,
        shapes_taken=shapes_taken,
        paused=paused,
    )


def weights(coverage: int = 100, quality_floor: int = 0, **settings: str | int) -> Weights:
    """Return the default weights with some criteria set: a number is a weight, a string a mode."""
    default_values = default_weights()
    criteria = dict(default_values.criteria)
    for name, value in settings.items():
        default = criteria[name]
        criteria[name] = (
            Setting(default.mode, value) if isinstance(value, int) else Setting(Mode(value), default.weight)
        )
    return replace(default_values, criteria=criteria, coverage=coverage, quality_floor=quality_floor)


def only(criterion: str, mode: str = "soft") -> Weights:
    """Return weights with which only one criterion ranks pairs."""
    default_values = default_weights()
    criteria = {name: Setting(setting.mode, 0) for name, setting in default_values.criteria.items()}
    criteria[criterion] = Setting(Mode(mode), 100)
    return replace(default_values, criteria=criteria)


def a_snapshot(
    mentees: Iterable[Mentee], mentors: Iterable[Mentor], given: Weights | None = None, **more: Any
) -> Snapshot:
    """Return a snapshot of the given people at ``NOW``."""
    return Snapshot(
        programme="cairn",
        at=NOW,
        weights=given or default_weights(),
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        **more,
    )
