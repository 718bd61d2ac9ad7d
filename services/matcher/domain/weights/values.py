"""The weights of a programme, as one immutable value with a version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.matcher.domain.weights.catalogue import criterion_data, criterion_names

Closeness = Mapping[str, Mapping[str, int]]


class Mode(StrEnum):
    """How a criterion counts: as a condition (and, by its weight, as a wish too), as a wish, or not at all."""

    HARD = "hard"
    SOFT = "soft"
    OFF = "off"


@dataclass(frozen=True)
class Setting:
    """A criterion's mode, and its weight relative to the others, 0 to 100."""

    mode: Mode
    weight: int


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A version of the matching weights.

    ``coverage`` is the dial from quality (0: the most total fit) to coverage (100: as many people as possible, before
    anything else). A pair whose fit is under ``quality_floor`` (0 to 100) is not made. ``matters_boost`` multiplies the
    weight of what matters most to a mentee. ``promise_hours`` is, per lane, the time within which people are to be
    matched. ``closeness`` replaces single cells of a criterion's closeness table, as data: criterion, mentee's code,
    mentor's code, 0 to 100.
    """

    version: int
    criteria: Mapping[str, Setting]
    coverage: int = 100
    quality_floor: int = 0
    matters_boost: int = 2
    promise_hours: Mapping[str, int] = field(default_factory=lambda: {"newly_diagnosed": 72, "standard": 336})
    closeness: Mapping[str, Closeness] = field(default_factory=dict)

    def setting(self, criterion: str) -> Setting:
        """Return the setting of a criterion; the default where this version does not name it."""
        return self.criteria.get(criterion) or default_setting(criterion)

    def counted(self, criterion: str) -> int:
        """Return the weight with which a criterion counts: 0 where it is off."""
        setting = self.setting(criterion)
        return 0 if setting.mode == Mode.OFF else setting.weight


def default_setting(criterion: str) -> Setting:
    """Return the default setting of a criterion; KeyError for an unknown criterion."""
    data = criterion_data(criterion)
    return Setting(Mode(data["mode"]), int(data["weight"]))


def default_weights(version: int = 1) -> Weights:
    """Return the weights a programme starts with."""
    return Weights(version=version, criteria={name: default_setting(name) for name in criterion_names()})
