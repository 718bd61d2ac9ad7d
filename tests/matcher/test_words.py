"""Every sentence a person may read exists in every language."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.chassis.i18n.translations import Words
from services.events.vocabulary import locales
from services.matcher.bootstrap import WORDS
from services.matcher.domain.explain import Part
from services.matcher.use_cases.wording.match_reasons import format_reasons

SERVICE = WORDS.parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]


def used() -> set[str]:
    found = extract_from_dir(str(SERVICE), METHODS, keywords={"gettext": None, "_": None, "ngettext": (1, 2)})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def translated(path: Path) -> dict[str, str]:
    with path.open("rb") as lines:
        return {str(message.id): str(message.string) for message in read_po(lines) if message.id}


def test_there_are_sentences_to_translate() -> None:
    assert {"Yes, gladly", "a strong fit", "This question is closed"} <= used()


@pytest.mark.parametrize("locale", [locale for locale in locales() if locale != "en"])
def test_every_sentence_is_translated_and_no_translation_is_unused(locale: str) -> None:
    known = translated(WORDS / f"{locale}.po")
    assert set(known) == used()
    assert all(known.values())


@pytest.mark.parametrize(("locale", "language"), [("en", "Spanish"), ("es", "español"), ("fr", "espagnol")])
def test_reasons_are_formatted_in_the_readers_language(locale: str, language: str) -> None:
    parts = [
        Part(criterion="language", score=90, weight=1, band="strong", codes=("es",)),
        Part(criterion="device", score=60, weight=1, band="good", codes=("cgm_rt", "not-a-code")),
        Part(criterion="age", score=0, weight=1, band=""),
    ]
    said = format_reasons(parts, Words(WORDS).of(locale))
    assert [one.criterion for one in said] == ["language", "device"], "what has no band is not said"
    assert said[0].shared == (language,)
    assert len(said[1].shared) == 1


def test_a_language_without_a_name_is_shown_as_its_tag() -> None:
    said = format_reasons(
        [Part(criterion="language", score=90, weight=1, band="some", codes=("qaa",))], Words(WORDS).of("ar")
    )
    assert said[0].shared == ("qaa",)
