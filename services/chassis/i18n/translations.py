"""Words for people in their own language: gettext PO files read at start, no compiled files anywhere.

Message ids are the English sentences, so a text that nobody translated yet is still a sentence. Values stand in as
``%(name)s``. A file whose translation names other values than its sentence is refused at start, not at the moment a
person would have read it.
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

SOURCE = "en"
_VALUE = re.compile(r"%\((\w+)\)")


class WordsError(ValueError):
    """A file of translations cannot be used; the message names every fault and where it is."""


class Phrases:
    """One language: looks sentences up and fills in their values."""

    def __init__(self, locale: str, translations: gettext.NullTranslations) -> None:
        """Speak ``locale`` (a BCP 47 tag) by what ``translations`` knows."""
        self.locale = locale
        self.direction: str = Locale.parse(locale, sep="-").text_direction
        self._translations = translations

    def gettext(self, msgid: str, /, **values: Any) -> str:
        """The sentence in this language; in English when it is not translated. Without values it is taken as it is."""
        return _filled(self._translations.gettext(msgid), values)

    def ngettext(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """The form of the sentence that this language uses for ``n`` things; ``n`` is a value as well."""
        return _filled(self.form(one, many, n), {"n": n, **values})

    def form(self, one: str, many: str, n: int, /) -> str:
        """That form with its values still open, for those who must escape them first."""
        return self._translations.ngettext(one, many, n)


class Words:
    """All languages of one folder: English, which needs no file, and every ``<locale>.po`` in it."""

    def __init__(self, folder: Path) -> None:
        """Read every file now; raises WordsError with all their faults."""
        faults: list[str] = []
        self._phrases = {SOURCE: Phrases(SOURCE, gettext.NullTranslations())}
        for path in sorted(folder.glob("*.po")):
            catalogue = _read(path)
            faults += [f"{path.name}: {fault}" for fault in _faults(catalogue)]
            self._phrases[path.stem] = Phrases(path.stem, _translations(catalogue))
        if faults:
            raise WordsError("; ".join(faults))

    @property
    def locales(self) -> tuple[str, ...]:
        """Every language there is, English first."""
        return tuple(self._phrases)

    def of(self, locale: str) -> Phrases:
        """The phrases for a tag such as ``es-MX``: its own, those of its language, or English."""
        wanted = locale.replace("_", "-")
        return self._phrases.get(wanted) or self._phrases.get(wanted.split("-")[0].lower()) or self._phrases[SOURCE]

    def install(self, environment: Environment) -> None:
        """Give Jinja ``_``, ``gettext`` and ``ngettext``: they speak the ``phrases`` that a render is given.

        In an autoescaped template the sentence is trusted and its values are escaped. Macros see the language only
        when imported ``with context``.
        """
        english = self._phrases[SOURCE]

        @pass_context
        def one_form(context: Context, msgid: str, /, **values: Any) -> str:
            phrases: Phrases = context.get("phrases") or english
            return _marked(context, phrases.gettext(msgid), values)

        @pass_context
        def plural_form(context: Context, one: str, many: str, n: int, /, **values: Any) -> str:
            phrases: Phrases = context.get("phrases") or english
            return _marked(context, phrases.form(one, many, n), {"n": n, **values})

        environment.globals.update(_=one_form, gettext=one_form, ngettext=plural_form, phrases=english)


def _filled(text: str, values: dict[str, Any]) -> str:
    return text % values if values else text


def _marked(context: Context, text: str, values: dict[str, Any]) -> str:
    trusted = Markup(text) if context.eval_ctx.autoescape else text  # noqa: S704 - our own sentence, not a person's
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
