"""Checks and defaults for a sign-up: a usable contact, and end dates for temporary life stages."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.events.facts import LifeStage
from services.events.validation import Fault
from services.profiles.domain.addresses import address_faults, phone_faults
from services.profiles.domain.person import Contact

_DURATIONS = {"pregnant": timedelta(days=300), "postpartum": timedelta(days=365)}


def contact_faults(contact: Contact) -> Iterator[Fault]:
    """Yield what is wrong with an address or a phone number."""
    yield from address_faults("contact.email", contact.email)
    yield from phone_faults("contact.phone", contact.phone)


def with_end_dates(stages: Sequence[LifeStage], today: date) -> tuple[LifeStage, ...]:
    """Return life stages with an end date for temporary ones (a pregnancy) that were given without one."""
    return tuple(
        LifeStage(code=stage.code, until=today + _DURATIONS[stage.code])
        if stage.until is None and stage.code in _DURATIONS
        else stage
        for stage in stages
    )
