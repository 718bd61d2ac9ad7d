"""The language in which Cairn speaks to a person."""

from collections.abc import Sequence

import langcodes

from services.events.facts import Spoken
from services.events.vocabulary import locales

_LEVELS = ("native", "fluent", "conversational", "basic")


def locale_for(languages: Sequence[Spoken]) -> str:
    """Return the default language of messages: the best spoken one that Cairn writes in, else English.

    Among equally well spoken languages the first listed wins.
    """
    for language in sorted(languages, key=lambda language: _LEVELS.index(language.level)):
        primary = langcodes.get(language.tag).language
        if primary in locales():
            return str(primary)
    return "en"
