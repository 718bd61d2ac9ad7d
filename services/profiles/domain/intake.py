"""What a sign-up has to be free of before anything is kept: contradictions, future months, things said twice."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.events.facts import LifeStage, MenteeFacts, MentorFacts
from services.profiles.domain.addresses import address_faults, phone_faults
from services.profiles.domain.availability import availability_faults
from services.profiles.domain.device_models import model_faults
from services.profiles.domain.faults import Fault
from services.profiles.domain.languages import language_faults
from services.profiles.domain.months import month_faults, span_faults
from services.profiles.domain.musts import must_faults
from services.profiles.domain.person import Contact

MATTERS_MOST = 3
MINOR = "under_18"
_LASTS = {"pregnant": timedelta(days=300), "postpartum": timedelta(days=365)}


def contact_faults(contact: Contact) -> Iterator[Fault]:
    """Say what is wrong with an address or a phone number."""
    yield from address_faults("contact.email", contact.email)
    yield from phone_faults("contact.phone", contact.phone)


def mentee_faults(facts: MenteeFacts, today: date) -> Iterator[Fault]:
    """Say everything that contradicts itself in what a mentee told."""
    yield from language_faults(facts.languages)
    yield from month_faults("diagnosed", facts.diagnosed, today)
    yield from availability_faults(facts.availability, facts.time_zone)
    yield from must_faults(facts)
    for index, device in enumerate(facts.devices):
        yield from model_faults(f"devices.{index}.model", device.model, device.device_class)
    for index, stage in enumerate(facts.life_stages):
        if stage.until is not None and stage.until < today:
            yield Fault(f"life_stages.{index}.until", "This day has passed; leave the stage out or give a later day.")
    yield from _repeats("life_stages", [stage.code for stage in facts.life_stages])
    yield from _repeats("devices", [(device.device_class, device.model) for device in facts.devices])
    if len(facts.matters_most) > MATTERS_MOST:
        yield Fault("matters_most", f"Choose up to {MATTERS_MOST} things that matter most; more would say less.")
    for name in ("situations", "goals", "topics", "formats", "matters_most", "culture", "styles"):
        yield from _repeats(name, getattr(facts, name))


def mentor_faults(facts: MentorFacts, today: date) -> Iterator[Fault]:
    """Say everything that contradicts itself in what a mentor told."""
    yield from language_faults(facts.languages)
    yield from month_faults("diagnosed", facts.diagnosed, today)
    yield from availability_faults(facts.availability, facts.time_zone)
    for index, device in enumerate(facts.devices):
        yield from model_faults(f"devices.{index}.model", device.model, device.device_class)
        yield from span_faults(f"devices.{index}", device.since, device.until, today)
    if "unsure" in facts.diabetes_types and len(facts.diabetes_types) > 1:
        yield Fault("diabetes_types", "Either name the types you know, or only `unsure`.")
    names = ("relations", "diabetes_types", "situations", "life_stages", "goals", "topics", "request_shapes")
    for name in (*names, "formats", "culture", "styles"):
        yield from _repeats(name, getattr(facts, name))


def with_endings(stages: Sequence[LifeStage], today: date) -> tuple[LifeStage, ...]:
    """Return life stages with an end for those that pass by themselves (a pregnancy), unless an end was told."""
    return tuple(
        LifeStage(code=stage.code, until=today + _LASTS[stage.code])
        if stage.until is None and stage.code in _LASTS
        else stage
        for stage in stages
    )


def _repeats(field: str, values: Sequence[object]) -> Iterator[Fault]:
    seen: set[object] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield Fault(f"{field}.{index}", "This is in the list already; leave one of the two out.")
        seen.add(value)
