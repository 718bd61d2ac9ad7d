"""The languages a person uses."""

from collections.abc import Iterator, Sequence

from services.events.facts import Spoken
from services.events.validation.fault import Fault
from services.events.validation.limits import LANGUAGES
from services.events.validation.lists import needed, too_many


def language_faults(languages: Sequence[Spoken]) -> Iterator[Fault]:
    """Say that no language is there, or too many, or which is there twice."""
    yield from needed("languages", languages)
    yield from too_many("languages", languages, LANGUAGES)
    seen: dict[str, int] = {}
    for index, spoken in enumerate(languages):
        if spoken.tag in seen:
            yield Fault(f"languages.{index}.tag", f"This language is there already (entry {seen[spoken.tag] + 1}).")
        seen.setdefault(spoken.tag, index)
