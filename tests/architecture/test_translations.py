"""Every sentence that anyone may read is in every catalogue, with its values, and no catalogue has more."""

import gettext
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from services.chassis.web.fields import CairnSchema
from services.events.validation import VALIDATION_WORDS
from services.events.vocabulary import locales
from services.matcher.bootstrap import WORDS as MATCHER_WORDS
from services.notifications.bootstrap import WORDS as NOTIFICATIONS_WORDS
from services.profiles.bootstrap import WORDS as PROFILES_WORDS
from tests.support.problem_sentences import sentences_in, sources, untranslatable_in
from tests.support.schema_messages import messages_of
from tests.support.spoken import unspoken, untranslated

SERVICES = Path(__file__).parents[2] / "services"
OWN = {
    "chassis": CHASSIS_WORDS,
    "events": VALIDATION_WORDS,
    "profiles": PROFILES_WORDS,
    "matcher": MATCHER_WORDS,
    "notifications": NOTIFICATIONS_WORDS,
}
LENT = {"profiles": (VALIDATION_WORDS, CHASSIS_WORDS), "matcher": (CHASSIS_WORDS,), "notifications": (CHASSIS_WORDS,)}
OTHERS = [locale for locale in locales() if locale != "en"]


def read_catalogue(words: Path, locale: str) -> Catalog:
    """Return the catalogue of a language in a folder of words."""
    with (words / f"{locale}.po").open("rb") as lines:
        return read_po(lines, locale=locale)


@pytest.mark.parametrize("room", OWN)
@pytest.mark.parametrize("locale", OTHERS)
def test_every_sentence_is_translated_with_its_values(room: str, locale: str) -> None:
    assert list(untranslated(SERVICES / room, locale, OWN[room], *LENT.get(room, ()))) == []


@pytest.mark.parametrize("room", OWN)
@pytest.mark.parametrize("locale", OTHERS)
def test_no_translation_outlives_its_sentence(room: str, locale: str) -> None:
    assert list(unspoken(SERVICES / room, locale, OWN[room])) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_plural_forms_distinguish_the_same_numbers_as_cldr(locale: str) -> None:
    catalogues = [read_catalogue(words, locale) for words in OWN.values()]
    counting = [catalogue for catalogue in catalogues if any(message.pluralizable for message in catalogue)]
    assert counting
    for catalogue in counting:
        form_of, named = gettext.c2py(catalogue.plural_expr), Locale.parse(locale).plural_form
        pairs = {(form_of(number), named(number)) for number in range(1000)}
        assert len(pairs) == len({form for form, _ in pairs}) == len({name for _, name in pairs})


@pytest.mark.parametrize("room", OWN)
def test_every_sentence_of_a_problem_has_a_key(room: str) -> None:
    built = {str(path): untranslatable_in(path) for path in sources(SERVICES / room)}
    assert {path: lines for path, lines in built.items() if lines} == {}


@pytest.mark.parametrize("room", LENT)
@pytest.mark.parametrize("locale", OTHERS)
def test_every_message_of_a_schema_is_translated_marshmallows_own_too(room: str, locale: str) -> None:
    phrases = Words(OWN[room], *LENT[room]).of(locale)
    messages = messages_of(CairnSchema, f"services.{room}")
    assert len(messages) > 5
    assert sorted(message for message in messages if phrases.translate(message) == message) == []


def test_a_sentence_built_as_an_f_string_is_found(tmp_path: Path) -> None:
    source = tmp_path / "refusals.py"
    source.write_text(
        'raise Conflict("late", f"It is {hour} already.")\n'
        'raise Conflict("late", Sentence("It is %(hour)s already.", hour=hour))\n'
        'what = "Too late." if late else "Too early."\n'
        'raise Gone("time", what)\n',
        encoding="utf-8",
    )
    assert untranslatable_in(source) == [1]
    assert sentences_in(source) == {"It is %(hour)s already.", "Too late.", "Too early."}
