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


@pytest.mark.parametrize(
    ("axis", "told", "first"),
    [
        ("gender", "female", "woman"),
        ("gender", "Male", "man"),
        ("gender", "womn", "woman"),
        ("gender", "Mujer", "woman"),
        ("gender", "امرأة", "woman"),
        ("diabetes_type", "type1", "t1d"),
        ("diabetes_type", "Type 1", "t1d"),
        ("relation", "mother", "parent"),
        ("device_class", "hybrid closed loop", "aid"),
        ("must", "divece_class", "device_class"),
    ],
)
def test_a_word_that_is_no_code_finds_the_code_it_means(axis: str, told: str, first: str) -> None:
    assert vocabulary.nearest(axis, told)[0] == first


def test_a_word_that_means_nothing_finds_the_first_few_codes() -> None:
    assert vocabulary.nearest("gender", "qqqq") == tuple(CODES["gender"][:3])


def test_other_words_lead_to_codes_that_are_there_and_are_none_themselves() -> None:
    also_said = json.loads((FOLDER / "also_said.json").read_text(encoding="utf-8"))
    for axis, words in also_said.items():
        assert set(words.values()) <= set(CODES[axis])
        assert not set(words) & set(CODES[axis])
        assert all(word == word.casefold() for word in words)


def test_a_label_of_any_language_names_its_code_and_no_other() -> None:
    for locale in CODES["locale"]:
        for axis, words in labels(locale).items():
            assert {code: vocabulary.find_code(axis, word.upper()) for code, word in words.items()} == {
                code: code for code in words
            }


def test_what_separates_answers_in_a_table_stands_in_no_label() -> None:
    words = [word for locale in CODES["locale"] for axis in labels(locale).values() for word in axis.values()]
    assert [word for word in words if ":" in word or ";" in word] == []
