"""Translated texts: gettext PO files read at start, without compiled files.

Message ids are the English sentences, so a text without a translation is still a sentence. Placeholders have the form
``%(name)s``. A file whose translation has placeholders that its sentence lacks is refused at start, rather than when
a person reads the text. The words of several folders make one: a sentence is looked up in each, in order.
"""

import gettext
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from services.chassis.i18n.sentence import Sentence

SOURCE = "en"
CHASSIS_WORDS = Path(__file__).parent / "words"
"""The chassis' own sentences, which every service shows."""

_VALUE = re.compile(r"%\((\w+)\)")


class WordsError(ValueError):
    """A translation file cannot be used; the message lists every fault with its place."""


class Phrases:
    """The texts of a language: looks sentences up and fills in their values."""

    def __init__(self, locale: str, translations: gettext.NullTranslations) -> None:
        """Use ``translations`` for ``locale`` (a BCP 47 tag)."""
        self.locale = locale
        self.direction: str = Locale.parse(locale, sep="-").text_direction
        self._translations = translations

    def gettext(self, msgid: str, /, **values: Any) -> str:
        """Return the sentence in this language, or in English if not translated; unformatted without ``values``."""
        return _filled(self._translations.gettext(msgid), values)

    def translate(self, sentence: str) -> str:
        """Return an English sentence in this language; a ``Sentence`` with its values, translated where they can be."""
        if not isinstance(sentence, Sentence):
            return self.gettext(sentence) if sentence else ""
        values = {
            name: self.translate(value) if isinstance(value, Sentence) else value
            for name, value in sentence.values.items()
        }
        return self.gettext(sentence.key, **values)

    def ngettext(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """Return the plural form for ``n``, filled in; ``n`` is available as a placeholder too."""
        return _filled(self.form(one, many, n), {"n": n, **values})

    def form(self, one: str, many: str, n: int, /) -> str:
        """Return the plural form for ``n`` without filling it in, for callers that must escape the values first."""
        return self._translations.ngettext(one, many, n)


class Words:
    """All languages of some folders: English, which needs no file, and each ``<locale>.po`` in them."""

    def __init__(self, *folders: Path) -> None:
        """Read all files; raises WordsError with all their faults."""
        faults: list[str] = []
        self._phrases = {SOURCE: Phrases(SOURCE, gettext.NullTranslations())}
        found: dict[str, gettext.GNUTranslations] = {}
        for path in (path for folder in folders for path in sorted(folder.glob("*.po"))):
            catalogue = _read(path)
            faults += [f"{path.name}: {fault}" for fault in _faults(catalogue)]
            translations = _translations(catalogue)
            found.setdefault(path.stem, translations)
            if found[path.stem] is not translations:
                found[path.stem].add_fallback(translations)
        if faults:
            raise WordsError("; ".join(faults))
        self._phrases |= {locale: Phrases(locale, translations) for locale, translations in sorted(found.items())}

    @property
    def locales(self) -> tuple[str, ...]:
        """Return all languages, English first."""
        return tuple(self._phrases)

    @property
    def names(self) -> dict[str, str]:
        """Return what each language calls itself (``es``: Español), by that name, for a reader who chooses."""
        own = {locale: str(Locale.parse(locale, sep="-").display_name).capitalize() for locale in self._phrases}
        return dict(sorted(own.items(), key=lambda named: named[1]))

    def of(self, locale: str) -> Phrases:
        """Return the phrases for a tag such as ``es-MX``: those of the tag, of its language, or English."""
        wanted = locale.replace("_", "-")
        return self._phrases.get(wanted) or self._phrases.get(wanted.split("-")[0].lower()) or self._phrases[SOURCE]

    def install(self, environment: Environment) -> None:
        """Add ``_``, ``gettext`` and ``ngettext`` to Jinja: they use the ``phrases`` in the context of a render.

        In an autoescaped template the sentence is trusted and its values are escaped. Macros see the language only
        when imported ``with context``.
        """
        english = self._phrases[SOURCE]

        @pass_context
        def singular_form(context: Context, msgid: str, /, **values: Any) -> str:
            phrases: Phrases = context.get("phrases") or english
            return _marked(context, phrases.gettext(msgid), values)

        @pass_context
        def plural_form(context: Context, one: str, many: str, n: int, /, **values: Any) -> str:
            phrases: Phrases = context.get("phrases") or english
            return _marked(context, phrases.form(one, many, n), {"n": n, **values})

        environment.globals.update(_=singular_form, gettext=singular_form, ngettext=plural_form, phrases=english)


def _filled(text: str, values: dict[str, Any]) -> str:
    return text % values if values else text


def _marked(context: Context, text: str, values: dict[str, Any]) -> str:
    trusted = Markup(text) if context.eval_ctx.autoescape else text  # noqa: S704 - a sentence from our own files
    return _filled(trusted, values)


def _read(path: Path) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines, locale=path.stem.replace("-", "_"), abort_invalid=True)


def _translations(catalogue: Catalog) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)  # leaves out what is fuzzy or untranslated: those fall back to English
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _faults(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        if message.id and _values(_forms(message.string)) - _values(_forms(message.id)):
            yield f"line {message.lineno}: {_forms(message.id)[0]!r} is translated with values it does not have"


def _forms(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _values(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for name in _VALUE.findall(form)}
