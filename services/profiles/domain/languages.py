"""The language in which Cairn speaks to a person."""

from collections.abc import Sequence

import langcodes

from services.events.facts import Spoken
from services.events.vocabulary import locales

_LEVELS = ("native", "fluent", "conversational", "basic")


def locale_for(languages: Sequence[Spoken]) -> str:
    """Return the language for messages to somebody who asked for none: the best spoken one we write in, else English.

    Among equally well spoken ones the first listed wins.
    """
    for spoken in sorted(languages, key=lambda one: _LEVELS.index(one.level)):
        primary = langcodes.get(spoken.tag).language
        if primary in locales():
            return str(primary)
    return "en"
