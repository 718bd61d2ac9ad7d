"""Texts appear in the reader's language with the right plural, and values never become markup."""

from pathlib import Path

import pytest
from jinja2 import Environment

from services.chassis.i18n.translations import Words, WordsError

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {plural}\\n"\n\n'
ARABIC = HEADER.format(
    plural="nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
)
SPANISH = HEADER.format(plural="nplurals=2; plural=(n != 1);")


@pytest.fixture
def words(tmp_path: Path) -> Words:
    (tmp_path / "es.po").write_text(
        SPANISH
        + 'msgid "Hello %(name)s"\nmsgstr "Hola, %(name)s"\n\n'
        + '#, fuzzy\nmsgid "Goodbye"\nmsgstr "quizás"\n\n'
        + 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s día"\nmsgstr[1] "%(n)s días"\n',
        encoding="utf-8",
    )
    (tmp_path / "ar.po").write_text(
        ARABIC
        + 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "لا أيام"\nmsgstr[1] "يوم"\nmsgstr[2] "يومان"\n'
        + 'msgstr[3] "%(n)s أيام"\nmsgstr[4] "%(n)s يومًا"\nmsgstr[5] "%(n)s يوم"\n',
        encoding="utf-8",
    )
    return Words(tmp_path)


def test_a_sentence_is_translated_into_the_readers_language(words: Words) -> None:
    assert words.of("es").gettext("Hello %(name)s", name="Zoë") == "Hola, Zoë"


@pytest.mark.parametrize("tag", ["es-MX", "es_MX", "ES"])
def test_a_regional_reader_gets_their_language(words: Words, tag: str) -> None:
    assert words.of(tag).locale == "es"


def test_a_reader_of_an_unknown_language_gets_english(words: Words) -> None:
    assert words.of("tlh").gettext("Hello %(name)s", name="K") == "Hello K"


def test_a_sentence_that_is_not_translated_stays_english(words: Words) -> None:
    assert words.of("ar").gettext("Hello %(name)s", name="K") == "Hello K"


def test_a_translation_marked_as_doubtful_is_not_shown(words: Words) -> None:
    assert words.of("es").gettext("Goodbye") == "Goodbye"


def test_a_per_cent_sign_without_values_stays_as_it_is(words: Words) -> None:
    assert words.of("en").gettext("100 % yours") == "100 % yours"


@pytest.mark.parametrize(
    ("n", "expected"), [(0, "لا أيام"), (1, "يوم"), (2, "يومان"), (3, "3 أيام"), (11, "11 يومًا"), (100, "100 يوم")]
)
def test_arabic_uses_its_six_plural_forms(words: Words, n: int, expected: str) -> None:
    assert words.of("ar").ngettext("%(n)s day", "%(n)s days", n) == expected


def test_arabic_is_read_from_right_to_left(words: Words) -> None:
    assert [words.of(tag).direction for tag in ("ar", "es", "en")] == ["rtl", "ltr", "ltr"]


def test_a_translation_with_an_unknown_placeholder_is_refused_at_start(tmp_path: Path) -> None:
    (tmp_path / "es.po").write_text(SPANISH + 'msgid "Hello %(name)s"\nmsgstr "Hola %(nombre)s"\n', encoding="utf-8")
    with pytest.raises(WordsError, match=r"es\.po: line \d+: 'Hello %\(name\)s'"):
        Words(tmp_path)


def test_a_template_uses_the_phrases_of_its_context(words: Words) -> None:
    environment = Environment(autoescape=True)
    words.install(environment)
    template = environment.from_string(
        "{{ _('Hello %(name)s', name=who) }} {{ ngettext('%(n)s day', '%(n)s days', 2) }}"
    )
    assert template.render(phrases=words.of("es"), who="Zoë") == "Hola, Zoë 2 días"
    assert template.render(who="Zoë") == "Hello Zoë 2 days"


def test_values_are_escaped_in_html_and_unchanged_in_plain_text(words: Words) -> None:
    rendered = {}
    for autoescape in (True, False):
        environment = Environment(autoescape=autoescape)  # noqa: S701 - plain text is what is tried here
        words.install(environment)
        rendered[autoescape] = environment.from_string("{{ _('Hello %(name)s', name=who) }}").render(who="<b>")
    assert rendered == {True: "Hello &lt;b&gt;", False: "Hello <b>"}
