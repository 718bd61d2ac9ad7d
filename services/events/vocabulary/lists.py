"""Look up codes and labels in the vocabulary files, which are read once."""

import difflib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def _codes() -> Mapping[str, tuple[str, ...]]:
    raw = json.loads((_HERE / "codes.json").read_text(encoding="utf-8"))
    return {axis: tuple(values) for axis, values in raw.items()}


@cache
def _labels(locale: str) -> Mapping[str, Mapping[str, str]]:
    path = _HERE / f"labels.{locale}.json"
    labels: Mapping[str, Mapping[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return labels


def vocabularies() -> tuple[str, ...]:
    """Return the name of every vocabulary."""
    return tuple(_codes())


def codes(axis: str) -> tuple[str, ...]:
    """Return every code of a vocabulary, in its natural order; raise KeyError for an unknown vocabulary."""
    return _codes()[axis]


def is_code(axis: str, code: str) -> bool:
    """Return whether ``code`` belongs to the vocabulary ``axis``."""
    return code in _codes()[axis]


def find_code(axis: str, text: str) -> str | None:
    """Return the code that a text names, as a code or as its label in any language; None when there is none.

    Case, accents, spaces and punctuation do not count: ``t1d``, ``Type 1`` and ``tipo 1`` are the same.
    """
    return _codes_by_spelling(axis).get(spelling(text))


def spelling(text: str) -> str:
    """Return a text in the form used for comparison: without case, accents, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).casefold())


@cache
def _codes_by_spelling(axis: str) -> Mapping[str, str]:
    """Return the codes of a vocabulary by the spelling of their labels and of themselves."""
    by_label = {spelling(label(axis, code, locale)): code for locale in locales() for code in codes(axis)}
    return by_label | {spelling(code): code for code in codes(axis)}


def nearest(axis: str, code: str, most: int = 3) -> tuple[str, ...]:
    """Return up to ``most`` valid codes near a mistaken one, the likeliest first; the first codes when none is near.

    The text is compared with codes, with their labels in every language and with other words that people use.
    """
    text = code.casefold().strip()[:60]
    # A label is long, so a weak resemblance means little: words need a higher cutoff than codes.
    words = difflib.get_close_matches(text, _codes_by_word(axis), n=most, cutoff=0.8)
    by_word = [_codes_by_word(axis)[word] for word in words]
    by_code = difflib.get_close_matches(text, codes(axis), n=most, cutoff=0.4)
    return tuple(dict.fromkeys([*by_word, *by_code]))[:most] or codes(axis)[:most]


@cache
def _codes_by_word(axis: str) -> Mapping[str, str]:
    """Return the codes of a vocabulary by their labels in every language and by synonyms, in lower case."""
    synonyms: Mapping[str, Mapping[str, str]] = json.loads((_HERE / "also_said.json").read_text(encoding="utf-8"))
    labels = {text.casefold(): code for locale in locales() for code, text in _labels(locale).get(axis, {}).items()}
    return {**labels, **synonyms.get(axis, {})}


def locales() -> tuple[str, ...]:
    """Return the languages of messages and pages, in order of preference."""
    return codes("locale")


def label(axis: str, code: str, locale: str) -> str:
    """Return the label of a code in a language, else in English, else the code itself with spaces."""
    for candidate in (locale, locale.split("-", maxsplit=1)[0], "en"):
        text = _labels(candidate).get(axis, {}).get(code)
        if text:
            return text
    return code.replace("_", " ")
