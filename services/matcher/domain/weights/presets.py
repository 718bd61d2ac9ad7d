"""Ready-made weights that an admin can start from, kept as data in ``presets.json``."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.matcher.domain.weights.as_json import weights_from_json
from services.matcher.domain.weights.values import Weights


@cache
def _presets() -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads((Path(__file__).parent / "presets.json").read_text(encoding="utf-8"))
    return told


def preset_names() -> tuple[str, ...]:
    """The presets, in the order in which they are offered."""
    return tuple(_presets())


def preset_weights(name: str, version: int = 1) -> Weights:
    """The weights of a preset; KeyError for an unknown one, ValueError when its data is broken."""
    weights, faults = weights_from_json(_presets()[name]["weights"], version=version)
    if weights is None:
        raise ValueError(f"preset {name}: {faults}")
    return weights
