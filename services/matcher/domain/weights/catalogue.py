"""The criteria as data: ``criteria/<name>.json`` beside this file says how a criterion starts out.

Each file holds ``label`` (for admins), ``mode`` and ``weight`` (defaults), ``fixed`` (its mode may not change),
``order`` (in lists), and any closeness tables the criterion's code reads.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "criteria"


@cache
def criterion_names() -> tuple[str, ...]:
    """Every criterion, in the order in which people see them."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in _FOLDER.glob("*.json")}
    return tuple(sorted(found, key=lambda name: (found[name]["order"], name)))


@cache
def criterion_data(name: str) -> Mapping[str, Any]:
    """What the file of a criterion says; KeyError for an unknown criterion."""
    if name not in criterion_names():
        raise KeyError(name)
    told: Mapping[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return told
