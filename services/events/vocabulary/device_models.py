"""The catalogue of device models: codes, so that no free text reaches an event.

To add a model, add it to the file. A person whose model is missing gives only the class of device.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class DeviceModel:
    """A device model: its code, its class of device, and its maker's name for it."""

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
    """Return the class of device of a model; None for an unknown model."""
    entry = device_models().get(model)
    return entry.device_class if entry is not None else None
