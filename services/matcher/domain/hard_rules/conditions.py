"""What a person's mentor must have, as data: the musts, and clearance for a minor. Each is a bit of the rules.

The other way round as well: what somebody would have to be or live with to meet a condition, for whom to look for.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from services.events.facts import DeviceLived, MentorFacts, Spoken
from services.events.vocabulary import codes
from services.events.vocabulary.device_models import class_of_model
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.hard_rules.musts import Want, meets, wants

CLEARED: Want = ("cleared", ())


def conditions_of(mentee: Mentee) -> tuple[Want, ...]:
    """All that a mentor of this person must have."""
    return (*wants(mentee), *([CLEARED] if mentee.facts.minor else []))


def has(mentor: Mentor, condition: Want, pool: Pool) -> bool:
    """Whether a mentor meets a condition."""
    return mentor.facts.cleared_for_minors if condition == CLEARED else meets(mentor, condition, pool)


def rule_of(condition: Want) -> str:
    """The name of the rule that a condition makes: ``cleared`` or ``must:<criterion>``."""
    return condition[0] if condition == CLEARED else f"must:{condition[0]}"


def meeting(facts: MentorFacts, condition: Want) -> MentorFacts:
    """The same mentor with what a condition asks, the first of its values where one is enough."""
    criterion, values = condition
    return _MADE[criterion](facts, *values[:1])


def _cleared(facts: MentorFacts) -> MentorFacts:
    return replace(facts, cleared_for_minors=True)


def _of_model(facts: MentorFacts, model: str) -> MentorFacts:
    """With a model, of the class that it is; a device of that class lived with already is the one."""
    kind = class_of_model(model) or next((one.device_class for one in facts.devices), codes("device_class")[0])
    others = tuple(one for one in facts.devices if one != DeviceLived(device_class=kind))
    return replace(facts, devices=(*others, DeviceLived(device_class=kind, model=model)))


_MADE: Mapping[str, Callable[..., MentorFacts]] = {
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
