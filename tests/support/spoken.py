"""The translatable sentences of a service, extracted from its sources and templates, and gaps in its catalogues."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.support.problem_sentences import sentences_in, sources

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_WHERE = [("**.py", "python"), ("**.jinja", "jinja2"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def sentences(folder: Path) -> set[str]:
    """Return every message id in a folder: of pages and letters (for a plural, the singular) and of problem details."""
    messages = extract_from_dir(str(folder), method_map=_WHERE, keywords=_KEYWORDS)
    shown = {ids if isinstance(ids, str) else ids[0] for _, _, ids, _, _ in messages}
    for path in sources(folder):
        shown |= sentences_in(path)
    for criterion in folder.glob("domain/weights/criteria/*.json"):
        shown |= {why for name, why in json.loads(criterion.read_text("utf-8")).items() if name == "why_modes"}
    return shown


def untranslated(folder: Path, locale: str, *catalogues: Path) -> Iterator[str]:
    """Yield the sentences of a folder whose translation is missing, incomplete, fuzzy or has other placeholders.

    They are looked up in ``catalogues``, folders of translations; by default in ``words`` of the folder.
    """
    known: set[str] = set()
    for catalogue in catalogues or (folder / "words",):
        known |= {key for key, message in _messages(catalogue, locale).items() if _is_complete(message)}
    yield from sorted(sentences(folder) - known)


def unspoken(folder: Path, locale: str, catalogue: Path | None = None) -> Iterator[str]:
    """Yield the sentences of a catalogue, by default of ``words`` in the folder, that the folder no longer uses."""
    yield from sorted(set(_messages(catalogue or folder / "words", locale)) - sentences(folder))


def _messages(catalogue: Path, locale: str) -> dict[str, Message]:
    with (catalogue / f"{locale}.po").open("rb") as lines:
        messages = [message for message in read_po(lines, locale=locale, abort_invalid=True) if message.id]
    return {message.id if isinstance(message.id, str) else message.id[0]: message for message in messages}


def _is_complete(message: Message) -> bool:
    """Return whether every form is there, and the last one (the most general) has the placeholders of the sentence."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    source = message.id if isinstance(message.id, str) else message.id[-1]
    same = set(_PLACEHOLDER.findall(source)) == set(_PLACEHOLDER.findall(forms[-1])) if forms else False
    return not message.fuzzy and all(forms) and same
