"""What a sign-up brings beside facts: a contact that can be reached, and ends for what passes by itself."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.events.facts import LifeStage
from services.events.validation import Fault
from services.profiles.domain.addresses import address_faults, phone_faults
from services.profiles.domain.person import Contact

_LASTS = {"pregnant": timedelta(days=300), "postpartum": timedelta(days=365)}


def contact_faults(contact: Contact) -> Iterator[Fault]:
    """Say what is wrong with an address or a phone number."""
    yield from address_faults("contact.email", contact.email)
    yield from phone_faults("contact.phone", contact.phone)


def with_endings(stages: Sequence[LifeStage], today: date) -> tuple[LifeStage, ...]:
    """Return life stages with an end for those that pass by themselves (a pregnancy), unless an end was told."""
    return tuple(
        LifeStage(code=stage.code, until=today + _LASTS[stage.code])
        if stage.until is None and stage.code in _LASTS
        else stage
        for stage in stages
    )
