"""Every code has a kind label in every language."""

import json
from pathlib import Path

import pytest

from services.events import vocabulary
from tests.support.reading import broken_rules

FOLDER = Path(vocabulary.__file__).parent
CODES: dict[str, list[str]] = json.loads((FOLDER / "codes.json").read_text(encoding="utf-8"))


def labels(locale: str) -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = json.loads((FOLDER / f"labels.{locale}.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("locale", CODES["locale"])
def test_every_code_has_a_label_and_every_label_a_code(locale: str) -> None:
    assert {axis: set(words) for axis, words in labels(locale).items()} == {axis: set(c) for axis, c in CODES.items()}


@pytest.mark.parametrize("locale", CODES["locale"])
def test_labels_are_kind_and_not_empty(locale: str) -> None:
    words = [word for axis in labels(locale).values() for word in axis.values()]
    assert [word for word in words if not word.strip() or "unkind" in broken_rules(word, locale)] == []


@pytest.mark.parametrize("locale", CODES["locale"])
def test_no_two_codes_of_a_vocabulary_have_the_same_label(locale: str) -> None:
    assert {axis: len(set(words.values())) for axis, words in labels(locale).items()} == {
        axis: len(codes) for axis, codes in CODES.items()
    }


def test_a_regional_language_gets_its_labels_and_an_unknown_one_english() -> None:
    assert vocabulary.label("weekday", "mon", "fr-CA") == "lundi"
    assert vocabulary.label("weekday", "mon", "tlh") == "Monday"


def test_a_code_without_a_label_is_made_readable() -> None:
    assert vocabulary.label("weekday", "second_sunday", "en") == "second sunday"


@pytest.mark.parametrize(
    ("axis", "text", "first"),
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
def test_an_unknown_code_finds_the_nearest_code(axis: str, text: str, first: str) -> None:
    assert vocabulary.nearest(axis, text)[0] == first


def test_a_text_near_no_code_finds_the_first_codes() -> None:
    assert vocabulary.nearest("gender", "qqqq") == tuple(CODES["gender"][:3])


def test_synonyms_name_existing_codes_and_are_no_codes_themselves() -> None:
    synonyms = json.loads((FOLDER / "also_said.json").read_text(encoding="utf-8"))
    for axis, words in synonyms.items():
        assert set(words.values()) <= set(CODES[axis])
        assert not set(words) & set(CODES[axis])
        assert all(word == word.casefold() for word in words)


def test_a_label_of_any_language_names_its_code_and_no_other() -> None:
    for locale in CODES["locale"]:
        for axis, words in labels(locale).items():
            assert {code: vocabulary.find_code(axis, word.upper()) for code, word in words.items()} == {
                code: code for code in words
            }


def test_no_label_contains_a_separator_of_people_files() -> None:
    words = [word for locale in CODES["locale"] for axis in labels(locale).values() for word in axis.values()]
    assert [word for word in words if ":" in word or ";" in word] == []
