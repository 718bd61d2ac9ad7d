"""The languages a person uses, and the one in which Cairn speaks to them."""

from collections.abc import Iterator, Sequence

import langcodes

from services.events.facts import Spoken
from services.events.vocabulary import locales
from services.profiles.domain.faults import Fault

_LEVELS = ("native", "fluent", "conversational", "basic")


def language_faults(languages: Sequence[Spoken]) -> Iterator[Fault]:
    """Say which languages are there twice."""
    seen: dict[str, int] = {}
    for index, spoken in enumerate(languages):
        if spoken.tag in seen:
            yield Fault(f"languages.{index}.tag", f"This language is there already (entry {seen[spoken.tag]}).")
        seen.setdefault(spoken.tag, index)


def locale_for(languages: Sequence[Spoken]) -> str:
    """Return the language for messages to somebody who asked for none: the best spoken one we write in, else English.

    Among equally well spoken ones the first listed wins.
    """
    for spoken in sorted(languages, key=lambda one: _LEVELS.index(one.level)):
        primary = langcodes.get(spoken.tag).language
        if primary in locales():
            return str(primary)
    return "en"
