"""Read the vocabulary files once, and answer what is in them."""

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


def codes(axis: str) -> tuple[str, ...]:
    """Every valid code of a vocabulary, in its natural order; KeyError for an unknown vocabulary."""
    return _codes()[axis]


def is_code(axis: str, code: str) -> bool:
    """Whether ``code`` belongs to the vocabulary ``axis``."""
    return code in _codes()[axis]


def find_code(axis: str, text: str) -> str | None:
    """The code that a text names, as a code or as its label in any language Cairn speaks; None when it names none.

    Case, accents, spaces and punctuation do not count: ``t1d``, ``Type 1`` and ``tipo 1`` are the same.
    """
    return _named(axis).get(spelling(text))


def spelling(text: str) -> str:
    """A text without what does not count when two are compared: case, accents, spaces, punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).casefold())


@cache
def _named(axis: str) -> Mapping[str, str]:
    """Every code of a vocabulary by the spelling of its labels and of itself."""
    by_label = {spelling(label(axis, code, locale)): code for locale in locales() for code in codes(axis)}
    return by_label | {spelling(code): code for code in codes(axis)}


def nearest(axis: str, code: str, most: int = 3) -> tuple[str, ...]:
    """The valid codes that a mistaken one may mean, the likeliest first; the first few of the list when none is near.

    Compared by spelling with codes, with their labels in every language and with other words people use for them.
    """
    text = code.casefold().strip()[:60]
    words = difflib.get_close_matches(
        text, _other_words(axis), n=most, cutoff=0.8
    )  # a label is long: alike is not near
    meant = [_other_words(axis)[one] for one in words]
    close = difflib.get_close_matches(text, codes(axis), n=most, cutoff=0.4)
    return tuple(dict.fromkeys([*meant, *close]))[:most] or codes(axis)[:most]


@cache
def _other_words(axis: str) -> Mapping[str, str]:
    """What people write for the codes of a vocabulary, in small letters: labels in every language, and other words."""
    also_said: Mapping[str, Mapping[str, str]] = json.loads((_HERE / "also_said.json").read_text(encoding="utf-8"))
    words = {words.casefold(): code for one in locales() for code, words in _labels(one).get(axis, {}).items()}
    return {**words, **also_said.get(axis, {})}


def locales() -> tuple[str, ...]:
    """The languages in which Cairn speaks to people, best first."""
    return codes("locale")


def label(axis: str, code: str, locale: str) -> str:
    """The words for a code in a person's language, else in English, else the code itself made readable."""
    for candidate in (locale, locale.split("-", maxsplit=1)[0], "en"):
        words = _labels(candidate).get(axis, {}).get(code)
        if words:
            return words
    return code.replace("_", " ")
