"""Validate all facts of a mentee or a mentor."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.chassis.i18n.sentence import Sentence
from services.events.facts import DeviceInterest, DeviceLived, MenteeFacts, MentorFacts
from services.events.validation import limits
from services.events.validation.availability import availability_faults
from services.events.validation.devices import model_faults
from services.events.validation.fault import Fault
from services.events.validation.languages import language_faults
from services.events.validation.lists import length_fault, missing_fault, range_fault, repeat_faults
from services.events.validation.months import month_faults, span_faults
from services.events.validation.musts import must_faults

MINOR = "under_18"
_CAPACITY = Sentence(
    "Please give %(least)s to %(most)s people at the same time.", least=limits.CAPACITY[0], most=limits.CAPACITY[1]
)
_HOURS = Sentence(
    "Please give %(least)s to %(most)s hours.", least=limits.HOURS_PER_MONTH[0], most=limits.HOURS_PER_MONTH[1]
)
_TICKED = ("situations", "goals", "topics", "formats", "culture", "styles")


def mentee_faults(facts: MenteeFacts, today: date) -> Iterator[Fault]:
    """Yield every fault in a mentee's facts, as of ``today``."""
    yield from _shared_faults(facts, today)
    yield from must_faults(facts)
    yield from length_fault("devices", facts.devices, limits.DEVICES_ASKED)
    for index, stage in enumerate(facts.life_stages):
        if stage.until is not None and stage.until < today:
            yield Fault(f"life_stages.{index}.until", "This day has passed; leave the stage out or give a later day.")
    yield from repeat_faults("life_stages", [stage.code for stage in facts.life_stages])
    yield from repeat_faults("devices", [(device.device_class, device.model) for device in facts.devices])
    if len(facts.matters_most) > limits.MATTERS_MOST:
        what = Sentence("Choose up to %(most)s things that matter most.", most=limits.MATTERS_MOST)
        yield Fault("matters_most", what)
    yield from repeat_faults("matters_most", facts.matters_most)
    if facts.minor and facts.age_band not in (None, MINOR):
        yield Fault("minor", "This says under 18, and `age_band` says otherwise; change one of the two.")


def mentor_faults(facts: MentorFacts, today: date) -> Iterator[Fault]:
    """Yield every fault in a mentor's facts, as of ``today``."""
    yield from _shared_faults(facts, today)
    yield from missing_fault("relations", facts.relations)
    yield from missing_fault("diabetes_types", facts.diabetes_types)
    yield from length_fault("devices", facts.devices, limits.DEVICES_LIVED)
    for index, device in enumerate(facts.devices):
        yield from span_faults(f"devices.{index}", device.since, device.until, today)
    if "unsure" in facts.diabetes_types and len(facts.diabetes_types) > 1:
        yield Fault("diabetes_types", "Either name the types you know, or only `unsure`.")
    yield from range_fault("capacity", facts.capacity, limits.CAPACITY, _CAPACITY)
    yield from range_fault("hours_per_month", facts.hours_per_month, limits.HOURS_PER_MONTH, _HOURS)
    for name in ("relations", "diabetes_types", "life_stages", "request_shapes"):
        yield from repeat_faults(name, getattr(facts, name))


def _shared_faults(facts: MenteeFacts | MentorFacts, today: date) -> Iterator[Fault]:
    yield from language_faults(facts.languages)
    yield from month_faults("diagnosed", facts.diagnosed, today)
    yield from availability_faults(facts.availability, facts.time_zone)
    devices: Sequence[DeviceInterest | DeviceLived] = facts.devices
    for index, device in enumerate(devices):
        yield from model_faults(f"devices.{index}.model", device.model, device.device_class)
    for name in _TICKED:
        yield from repeat_faults(name, getattr(facts, name))
