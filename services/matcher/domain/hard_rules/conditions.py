"""Conditions on a mentee's mentor, as data: the musts, and clearance for a minor. Each is a bit of the rules.

``meeting`` does the reverse: it gives a mentor the facts that a condition asks for, to describe whom to recruit.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from services.events.facts import DeviceLived, MentorFacts, Spoken
from services.events.vocabulary import codes
from services.events.vocabulary.device_models import class_of_model
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.hard_rules.musts import Want, meets, wants

CLEARED: Want = ("cleared", ())


def conditions_of(mentee: Mentee) -> tuple[Want, ...]:
    """Return all conditions on a mentor of this mentee."""
    return (*wants(mentee), *([CLEARED] if mentee.facts.minor else []))


def has(mentor: Mentor, condition: Want) -> bool:
    """Return whether a mentor meets a condition."""
    return mentor.facts.cleared_for_minors if condition == CLEARED else meets(mentor, condition)


def rule_of(condition: Want) -> str:
    """Return the name of a condition's rule: ``cleared`` or ``must:<criterion>``."""
    return condition[0] if condition == CLEARED else f"must:{condition[0]}"


def meeting(facts: MentorFacts, condition: Want) -> MentorFacts:
    """Return the mentor with what a condition asks; the first of its values where a single value is enough."""
    criterion, values = condition
    return _WITH_CONDITION[criterion](facts, *values[:1])


def _cleared(facts: MentorFacts) -> MentorFacts:
    return replace(facts, cleared_for_minors=True)


def _of_model(facts: MentorFacts, model: str) -> MentorFacts:
    """Return the facts with a model in its class; it replaces a device of that class without a model."""
    device_class = class_of_model(model) or next(
        (device.device_class for device in facts.devices), codes("device_class")[0]
    )
    others = tuple(device for device in facts.devices if device != DeviceLived(device_class=device_class))
    return replace(facts, devices=(*others, DeviceLived(device_class=device_class, model=model)))


_WITH_CONDITION: Mapping[str, Callable[..., MentorFacts]] = {
    "cleared": _cleared,
    "gender": lambda facts, value: replace(facts, gender=value),
    "language": lambda facts, tag: replace(facts, languages=(*facts.languages, Spoken(tag=tag, level="native"))),
    "device_class": lambda facts, value: replace(facts, devices=(*facts.devices, DeviceLived(device_class=value))),
    "device_model": _of_model,
    "diabetes_type": lambda facts, value: replace(facts, diabetes_types=(*facts.diabetes_types, value)),
    "relation": lambda facts, value: replace(facts, relations=(*facts.relations, value)),
    "format": lambda facts, value: replace(facts, formats=facts.formats and (*facts.formats, value)),
    "life_stage": lambda facts, value: replace(facts, life_stages=(*facts.life_stages, value)),
}
