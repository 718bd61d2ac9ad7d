"""Rerun a stored round and compare the result byte by byte."""

import json
from collections.abc import Callable
from typing import NamedTuple

from services.matcher.domain.round.decide_round import run_round
from services.matcher.domain.round.json_text import ENGINE, result_to_json, snapshot_from_json
from services.matcher.solver.column_generation import Watch


class Verification(NamedTuple):
    """Whether the rerun gave the same bytes, and the differences.

    ``comparable`` is False where another engine made the round; then nothing was run.
    """

    same: bool
    differences: tuple[str, ...] = ()
    comparable: bool = True


def verify_round(snapshot_json: str, result_json: str, *, cancelled: Callable[[], bool] | None = None) -> Verification:
    """Run a stored snapshot again and compare with the stored result to the byte.

    Raises ``RunCancelledError`` when ``cancelled()`` returns true.
    """
    engine = json.loads(snapshot_json).get("engine")
    if engine != ENGINE:
        difference = f"the round was made by engine {engine}, this is engine {ENGINE}"
        return Verification(False, (difference,), comparable=False)
    again = result_to_json(run_round(snapshot_from_json(snapshot_json), watch=Watch(cancelled=cancelled)))
    if again == result_json:
        return Verification(True)
    stored, new = json.loads(result_json), json.loads(again)
    return Verification(False, tuple(_differences(stored, new)) or ("the texts differ in spelling only",))


def _differences(stored: object, new: object, path: str = "") -> list[str]:
    if isinstance(stored, dict) and isinstance(new, dict):
        names = sorted({*stored, *new})
        return [
            difference
            for name in names
            for difference in _differences(stored.get(name), new.get(name), f"{path}.{name}")
        ]
    if isinstance(stored, list) and isinstance(new, list) and len(stored) == len(new):
        sides = zip(stored, new, strict=True)
        return [
            difference for place, (a, b) in enumerate(sides) for difference in _differences(a, b, f"{path}[{place}]")
        ]
    return [] if stored == new else [f"{path.lstrip('.')} was {_short(stored)}, is now {_short(new)}"]


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."
