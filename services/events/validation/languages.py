"""Validate the languages a person uses."""

from collections.abc import Iterator, Sequence

from services.chassis.i18n.sentence import Sentence
from services.events.facts import Spoken
from services.events.validation.fault import Fault


def language_faults(languages: Sequence[Spoken]) -> Iterator[Fault]:
    """Yield a fault for each repeated language."""
    seen: dict[str, int] = {}
    for index, spoken in enumerate(languages):
        if spoken.tag in seen:
            yield Fault(
                f"languages.{index}.tag",
                Sentence(
                    "This language is there already (entry %(entry)s); leave one of the two out.",
                    entry=seen[spoken.tag] + 1,
                ),
            )
        seen.setdefault(spoken.tag, index)
