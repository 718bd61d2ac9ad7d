"""What a person agreed to: a ledger that only grows; what stands now is the last word on each purpose."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.events.validation import Fault
from services.events.vocabulary import codes

MATCHING = "matching"
MESSAGES = "messages"
CONTACT_BY_MENTOR = "contact_by_mentor"
GUARDIAN = "guardian"
WORDING = "2026-1"  # the version of the texts that were agreed to


@dataclass(frozen=True, kw_only=True)
class ConsentEntry:
    """One word on one purpose: given or withdrawn, when, and to which version of the text."""

    purpose: str
    given: bool
    at: datetime
    wording: str = WORDING


def purposes() -> tuple[str, ...]:
    """Return what can be agreed to; `guardian` is a parent's or guardian's yes for somebody under 18."""
    return (*codes("consent"), GUARDIAN)


def first_entries(answers: Mapping[str, bool], at: datetime) -> tuple[ConsentEntry, ...]:
    """Return the ledger's first entries, one for each purpose that was answered."""
    return tuple(ConsentEntry(purpose=purpose, given=given, at=at) for purpose, given in sorted(answers.items()))


def standing(entries: Iterable[ConsentEntry]) -> frozenset[str]:
    """Return the purposes agreed to now, by entries in the order in which they were written."""
    last = {entry.purpose: entry.given for entry in entries}
    return frozenset(purpose for purpose, given in last.items() if given)


def consent_faults(answers: Mapping[str, bool]) -> Iterator[Fault]:
    """Say that matching needs a yes: without it there is nothing that Cairn may do for a person."""
    if not answers.get(MATCHING, False):
        yield Fault(
            "consents",
            "To find somebody for you, what you tell is compared with what others tell. Please add `matching` if you "
            "agree; you can withdraw at any time.",
            ("matching",),
        )
