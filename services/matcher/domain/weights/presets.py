"""Ready-made weights that an admin can start from, stored as data in ``presets.json``."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.matcher.domain.weights.as_json import weights_from_json
from services.matcher.domain.weights.values import Weights


@cache
def _presets() -> Mapping[str, Any]:
    presets: Mapping[str, Any] = json.loads((Path(__file__).parent / "presets.json").read_text(encoding="utf-8"))
    return presets


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets, in display order."""
    return tuple(_presets())


def preset_weights(name: str, version: int = 1) -> Weights:
    """Return the weights of a preset; KeyError for an unknown preset, ValueError when its data is invalid."""
    weights, faults = weights_from_json(_presets()[name]["weights"], version=version)
    if weights is None:
        raise ValueError(f"preset {name}: {faults}")
    return weights
