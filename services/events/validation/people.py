"""Validate all facts of a mentee or a mentor."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.chassis.i18n.sentence import Sentence
from services.events.facts import DeviceInterest, DeviceLived, MenteeFacts, MentorFacts
from services.events.validation.answers import answer_faults
from services.events.validation.availability import availability_faults
from services.events.validation.devices import model_faults
from services.events.validation.fault import Fault
from services.events.validation.languages import language_faults
from services.events.validation.lists import repeat_faults
from services.events.validation.months import span_faults
from services.events.validation.musts import must_faults

MINOR = "under_18"
_MATTERS_MOST = 3


def mentee_faults(facts: MenteeFacts, today: date) -> Iterator[Fault]:
    """Yield every fault in a mentee's facts, as of ``today``."""
    yield from _shared_faults(facts, today)
    yield from must_faults(facts)
    for index, stage in enumerate(facts.life_stages):
        if stage.until is not None and stage.until < today:
            yield Fault(f"life_stages.{index}.until", "This day has passed; leave the stage out or give a later day.")
    yield from repeat_faults("life_stages", [stage.code for stage in facts.life_stages])
    yield from repeat_faults("devices", [(device.device_class, device.model) for device in facts.devices])
    if len(facts.matters_most) > _MATTERS_MOST:
        what = Sentence("Choose up to %(most)s things that matter most.", most=_MATTERS_MOST)
        yield Fault("matters_most", what)
    if facts.minor and facts.age_band not in (None, MINOR):
        yield Fault("minor", "This says under 18, and `age_band` says otherwise; change one of the two.")


def mentor_faults(facts: MentorFacts, today: date) -> Iterator[Fault]:
    """Yield every fault in a mentor's facts, as of ``today``."""
    yield from _shared_faults(facts, today)
    for index, device in enumerate(facts.devices):
        yield from span_faults(f"devices.{index}", device.since, device.until, today)
    if "unsure" in facts.diabetes_types and len(facts.diabetes_types) > 1:
        yield Fault("diabetes_types", "Either name the types you know, or only `unsure`.")


def _shared_faults(facts: MenteeFacts | MentorFacts, today: date) -> Iterator[Fault]:
    yield from answer_faults(facts, today)
    yield from language_faults(facts.languages)
    yield from availability_faults(facts.availability, facts.time_zone)
    devices: Sequence[DeviceInterest | DeviceLived] = facts.devices
    for index, device in enumerate(devices):
        yield from model_faults(f"devices.{index}.model", device.model, device.device_class)
