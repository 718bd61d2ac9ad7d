"""Every sentence for people is translated, with its values, into every language."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.events.vocabulary import locales
from services.profiles.bootstrap import WORDS

ROOT = Path(__file__).parents[2] / "services" / "profiles"
SENTENCES = {
    message if isinstance(message, str) else message[0]
    for _, _, message, _, _ in extract_from_dir(ROOT, [("**.py", "python"), ("**/templates/**.html", "jinja2")])
}
UNSAFE = ("diabetic", "compliant", "control", "fail", "should", "suffer", "diabétique", "diabético")


def catalogue(locale: str) -> Catalog:
    with (WORDS / f"{locale}.po").open("rb") as lines:
        return read_po(lines, locale=locale, abort_invalid=True)


@pytest.mark.parametrize("locale", [locale for locale in locales() if locale != "en"])
def test_every_sentence_is_translated(locale: str) -> None:
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue(locale)
    }
    assert SENTENCES - set(translated) == set()
    assert set(translated) - SENTENCES - {""} == set(), "translations of sentences that are not used any more"
    for sentence, message in translated.items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert sentence == "" or all(forms), sentence


@pytest.mark.parametrize("word", UNSAFE)
def test_no_sentence_has_an_unkind_word(word: str) -> None:
    sentences = [*SENTENCES]
    for locale in ("es", "fr"):
        for message in catalogue(locale):
            sentences += [message.string] if isinstance(message.string, str) else list(message.string or ())
    assert not [sentence for sentence in sentences if word in sentence.lower()]
