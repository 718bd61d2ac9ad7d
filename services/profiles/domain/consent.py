"""A person's consents as an append-only ledger; the last entry of each purpose is the one in force."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.chassis.i18n.sentence import Hint
from services.events.validation import Fault
from services.events.vocabulary import codes

MATCHING = "matching"
MESSAGES = "messages"
CONTACT_BY_MENTOR = "contact_by_mentor"
GUARDIAN = "guardian"
WORDING = "2026-1"  # the version of the texts that were agreed to


@dataclass(frozen=True, kw_only=True)
class ConsentEntry:
    """One answer on one purpose: given or withdrawn, when, and to which version of the text."""

    purpose: str
    given: bool
    at: datetime
    wording: str = WORDING


def purposes() -> tuple[str, ...]:
    """Return the purposes of consent; ``guardian`` is a parent's or guardian's consent for a person under 18."""
    return (*codes("consent"), GUARDIAN)


def first_entries(answers: Mapping[str, bool], at: datetime) -> tuple[ConsentEntry, ...]:
    """Return the ledger's first entries, one for each answered purpose."""
    return tuple(ConsentEntry(purpose=purpose, given=given, at=at) for purpose, given in sorted(answers.items()))


def standing(entries: Iterable[ConsentEntry]) -> frozenset[str]:
    """Return the purposes with consent in force, given the entries in the order in which they were written."""
    last = {entry.purpose: entry.given for entry in entries}
    return frozenset(purpose for purpose, given in last.items() if given)


def consent_faults(answers: Mapping[str, bool]) -> Iterator[Fault]:
    """Yield a fault unless consent to matching is given: without it Cairn may do nothing for a person."""
    if not answers.get(MATCHING, False):
        what = Hint(
            "To find someone for you, we compare your answers with those of others. Please add `matching` if you "
            "agree. You can withdraw at any time.",
            lambda: (MATCHING,),
        )
        yield Fault("consents", what)
