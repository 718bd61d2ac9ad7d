"""The translatable sentences of a service, extracted from its sources and templates, and gaps in its catalogues."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

_WHERE = [("**.py", "python"), ("**.jinja", "jinja2"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def sentences(service: Path) -> set[str]:
    """Return every message id in a service's folder; for a plural, the singular."""
    messages = extract_from_dir(str(service), method_map=_WHERE, keywords=_KEYWORDS)
    return {ids if isinstance(ids, str) else ids[0] for _, _, ids, _, _ in messages}


def untranslated(service: Path, locale: str) -> Iterator[str]:
    """Yield the sentences whose translation is missing, incomplete or fuzzy in one language."""
    with (service / "words" / f"{locale}.po").open("rb") as lines:
        catalogue = read_po(lines, locale=locale)
    for sentence in sorted(sentences(service)):
        message = catalogue.get(sentence)
        forms = () if message is None else (message.string,) if isinstance(message.string, str) else message.string
        if message is None or message.fuzzy or not forms or not all(forms):
            yield sentence


def unspoken(service: Path, locale: str) -> Iterator[str]:
    """Yield the sentences of a catalogue that the service no longer uses."""
    used = sentences(service)
    with (service / "words" / f"{locale}.po").open("rb") as lines:
        for message in read_po(lines, locale=locale):
            first = message.id if isinstance(message.id, str) else message.id[0]
            if first and first not in used:
                yield first
