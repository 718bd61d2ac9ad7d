"""The device models that people can name: codes, so that no free text reaches an event.

The list is a file to add to; a model that is not in it is left out, the class of device still counts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class DeviceModel:
    """A model: its code, the class of device it is, and the name its maker gave it."""

    code: str
    device_class: str
    label: str


@cache
def device_models() -> Mapping[str, DeviceModel]:
    """Return every model by its code, in alphabetical order."""
    path = Path(__file__).with_name("device_models.json")
    raw = json.loads(path.read_text(encoding="utf-8"))
    return {code: DeviceModel(code, entry["device_class"], entry["label"]) for code, entry in sorted(raw.items())}


def class_of_model(model: str) -> str | None:
    """Return the class of device that a model is; None for one that is not in the list."""
    known = device_models().get(model)
    return known.device_class if known is not None else None
