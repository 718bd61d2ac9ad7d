"""The criteria as data: ``criteria/<name>.json`` beside this file has the defaults of a criterion.

Each file holds ``label`` (per locale), ``mode`` and ``weight`` (defaults), ``modes`` (those it may have, where not all)
with ``why_modes``, ``order`` (in lists), and any closeness tables the criterion's code reads. Optional:

- ``axis``: the vocabulary of the codes it shares; ``codes``: the words, per code and locale, of codes that are its own.
- ``own``: the mentee chose what it asks for, and so may drop it.
- ``after_yes``: its shared codes are shown only after the mentor's yes.
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
    """Return the name of every criterion, in display order."""
    data_of = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in _FOLDER.glob("*.json")}
    return tuple(sorted(data_of, key=lambda name: (data_of[name]["order"], name)))


@cache
def criterion_data(name: str) -> Mapping[str, Any]:
    """Return the content of a criterion's file; KeyError for an unknown criterion."""
    if name not in criterion_names():
        raise KeyError(name)
    data: Mapping[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return data


def criteria_that(flag: str) -> tuple[str, ...]:
    """Return the criteria whose file sets a flag, in display order."""
    return tuple(name for name in criterion_names() if criterion_data(name).get(flag, False))


def criterion_label(name: str, locale: str) -> str:
    """Return the words for a criterion in a person's language, else in English."""
    return _in_locale(criterion_data(name)["label"], locale)


def code_label(criterion: str, code: str, locale: str) -> str | None:
    """Return the words for a criterion's shared code, its own or its vocabulary's; None where there are none."""
    data = criterion_data(criterion)
    own = data.get("codes", {}).get(code)
    if own is not None:
        return _in_locale(own, locale)
    axis = data.get("axis")
    return label(axis, code, locale) if axis and is_code(axis, code) else None


def _in_locale(words: Mapping[str, str], locale: str) -> str:
    return words.get(locale) or words.get(locale.split("-", maxsplit=1)[0]) or words["en"]
