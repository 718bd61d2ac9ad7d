"""Sentences for people are kind in every language."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from services.profiles.bootstrap import WORDS
from tests.support.spoken import sentences

ROOT = Path(__file__).parents[2] / "services" / "profiles"
SENTENCES = sentences(ROOT)
UNSAFE = ("diabetic", "compliant", "control", "fail", "should", "suffer", "diabétique", "diabético")


def catalogue(locale: str) -> Catalog:
    with (WORDS / f"{locale}.po").open("rb") as lines:
        return read_po(lines, locale=locale, abort_invalid=True)


@pytest.mark.parametrize("word", UNSAFE)
def test_no_sentence_has_an_unkind_word(word: str) -> None:
    sentences = [*SENTENCES]
    for locale in ("es", "fr"):
        for message in catalogue(locale):
            sentences += [message.string] if isinstance(message.string, str) else list(message.string or ())
    assert not [sentence for sentence in sentences if word in sentence.lower()]
