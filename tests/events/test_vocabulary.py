"""Every code has kind words in every language we speak."""

import json
import re
from pathlib import Path

import pytest

from services.events import vocabulary

FOLDER = Path(vocabulary.__file__).parent
CODES: dict[str, list[str]] = json.loads((FOLDER / "codes.json").read_text(encoding="utf-8"))
UNKIND = {
    "en": r"diabetic|complian|\bcontrol|fail|should|suffer|patient",
    "es": r"diabétic|cumplimiento|control|fracas|debería|sufr|padec|paciente",
    "fr": r"diabétique|observan|contrôl|échec|échou|devri|souffr|patient",
    "ar": r"مريض|مرضى|فشل|يعاني|تعاني|معاناة|التزام",
}


def labels(locale: str) -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = json.loads((FOLDER / f"labels.{locale}.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("locale", CODES["locale"])
def test_every_code_has_a_label_and_every_label_a_code(locale: str) -> None:
    assert {axis: set(words) for axis, words in labels(locale).items()} == {axis: set(c) for axis, c in CODES.items()}


@pytest.mark.parametrize("locale", CODES["locale"])
def test_labels_are_kind_and_not_empty(locale: str) -> None:
    words = [word for axis in labels(locale).values() for word in axis.values()]
    assert [word for word in words if not word.strip() or re.search(UNKIND[locale], word, re.IGNORECASE)] == []


@pytest.mark.parametrize("locale", CODES["locale"])
def test_no_two_codes_of_one_axis_read_the_same(locale: str) -> None:
    assert {axis: len(set(words.values())) for axis, words in labels(locale).items()} == {
        axis: len(codes) for axis, codes in CODES.items()
    }


def test_a_reader_of_a_regional_language_gets_its_words_and_an_unknown_one_english() -> None:
    assert vocabulary.label("weekday", "mon", "fr-CA") == "lundi"
    assert vocabulary.label("weekday", "mon", "tlh") == "Monday"


def test_a_code_that_nobody_labelled_yet_is_made_readable() -> None:
    assert vocabulary.label("weekday", "second_sunday", "en") == "second sunday"


def test_a_label_of_any_language_names_its_code_and_no_other() -> None:
    for locale in CODES["locale"]:
        for axis, words in labels(locale).items():
            assert {code: vocabulary.find_code(axis, word.upper()) for code, word in words.items()} == {
                code: code for code in words
            }


def test_what_separates_answers_in_a_table_stands_in_no_label() -> None:
    words = [word for locale in CODES["locale"] for axis in labels(locale).values() for word in axis.values()]
    assert [word for word in words if ":" in word or ";" in word] == []
