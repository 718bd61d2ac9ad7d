"""Validate the languages a person uses."""

from collections.abc import Iterator, Sequence

from services.chassis.i18n.sentence import Sentence
from services.events.facts import Spoken
from services.events.validation.fault import Fault
from services.events.validation.limits import LANGUAGES
from services.events.validation.lists import length_fault, missing_fault


def language_faults(languages: Sequence[Spoken]) -> Iterator[Fault]:
    """Yield a fault for no language, too many, and each repeated one."""
    yield from missing_fault("languages", languages)
    yield from length_fault("languages", languages, LANGUAGES)
    seen: dict[str, int] = {}
    for index, spoken in enumerate(languages):
        if spoken.tag in seen:
            yield Fault(
                f"languages.{index}.tag",
                Sentence("This language is there already (entry %(entry)s).", entry=seen[spoken.tag] + 1),
            )
        seen.setdefault(spoken.tag, index)
