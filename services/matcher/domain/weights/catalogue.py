"""The criteria as data: ``criteria/<name>.json`` beside this file says how a criterion starts out.

Each file holds ``label`` (per locale), ``mode`` and ``weight`` (defaults), ``modes`` (those it may have, where not all)
with ``why_modes``, ``order`` (in lists), and any closeness tables the criterion's code reads. Besides:

- ``axis``: the vocabulary of the codes it shares; ``codes``: the words, per code and locale, of codes that are its own.
- ``own``: a mentee chose what it asks for, so that it is theirs to let go of.
- ``after_yes``: which of its codes two people share is told only after the mentor's yes.
- ``mentor_brings``: it counts where a mentor asks "whom do I help best?".
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.events.vocabulary import is_code, label

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


def criteria_that(flag: str) -> tuple[str, ...]:
    """The criteria whose file says ``true`` for a flag, in the order in which people see them."""
    return tuple(name for name in criterion_names() if criterion_data(name).get(flag, False))


def criterion_label(name: str, locale: str) -> str:
    """The words for a criterion in a person's language, else in English."""
    return _said(criterion_data(name)["label"], locale)


def code_label(criterion: str, code: str, locale: str) -> str | None:
    """The words for a code that a criterion shares, its own or its vocabulary's; None where nobody wrote any."""
    told = criterion_data(criterion)
    own = told.get("codes", {}).get(code)
    if own is not None:
        return _said(own, locale)
    axis = told.get("axis")
    return label(axis, code, locale) if axis and is_code(axis, code) else None


def _said(words: Mapping[str, str], locale: str) -> str:
    return words.get(locale) or words.get(locale.split("-", maxsplit=1)[0]) or words["en"]
