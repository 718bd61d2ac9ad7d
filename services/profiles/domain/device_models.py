"""The device models that people can name: codes, so that no free text reaches an event.

The list is a file to add to; a model that is not in it is left out, the class of device still counts.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.profiles.domain.faults import Fault


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


def model_faults(field: str, model: str | None, device_class: str | None) -> Iterator[Fault]:
    """Say whether a model is unknown, or belongs to another class of device than the one named beside it."""
    if model is None:
        return
    known = device_models().get(model)
    if known is None:
        near = difflib.get_close_matches(model.casefold(), device_models(), n=3, cutoff=0.4)
        fitting = [code for code, entry in device_models().items() if device_class in (None, entry.device_class)]
        yield Fault(
            field,
            "This model is not in the catalogue; choose a listed one or leave the model out.",
            tuple(near or fitting[:3]),
        )
    elif device_class is not None and known.device_class != device_class:
        yield Fault(
            field,
            f"{known.label} belongs to {known.device_class}, not to {device_class}; change one of the two.",
            (known.device_class,),
        )
