"""A mentee's musts: each is a bit that the mentor has or has not.

All musts must hold, except that of several with the same criterion in ``ALTERNATIVES`` a single one is enough. A
``relation`` must also changes how the criterion of that name is scored; a ``language`` must asks only that the mentor
knows the language.
"""

from datetime import date

from services.events.facts import ALTERNATIVES, ANY_RELATION, Must, Spoken
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.each.language import understanding

BENDS = ("relation",)  # criteria whose scoring a must of the same name changes
_OPEN = Must(criterion="relation", value=ANY_RELATION)
Want = tuple[str, tuple[str, ...]]  # criterion, and the values of which any is enough


def wants(mentee: Mentee) -> tuple[Want, ...]:
    """Return the conditions of a mentee's musts, sorted."""
    musts = [must for must in mentee.facts.musts if must != _OPEN]
    either = {name: {must.value for must in musts if must.criterion == name} for name in ALTERNATIVES}
    conditions = {(name, tuple(sorted(values))) for name, values in either.items() if values}
    return tuple(
        sorted(conditions | {(must.criterion, (must.value,)) for must in musts if must.criterion not in ALTERNATIVES})
    )


def meets(mentor: Mentor, want: Want) -> bool:
    """Return whether a mentor has what a condition asks."""
    criterion, values = want
    return any(_has(mentor, criterion, value) for value in values)


def _has(mentor: Mentor, criterion: str, value: str) -> bool:
    facts = mentor.facts
    if criterion == "language":
        asked = Spoken(tag=value, level="native")
        return any(understanding(asked, spoken) > 0 for spoken in facts.languages)
    had = {
        "gender": (facts.gender,),
        "device_class": tuple(device.device_class for device in facts.devices),
        "device_model": tuple(device.model for device in facts.devices),
        "diabetes_type": facts.diabetes_types,
        "relation": facts.relations,
        "format": facts.formats or (value,),
        "life_stage": facts.life_stages,
    }
    return value in had.get(criterion, ())


def ready(mentor: Mentor, day: date) -> bool:
    """Return whether a mentor is approved, trained on the day, and not taking a break."""
    facts = mentor.facts
    trained = facts.trained_until is not None and facts.trained_until >= day
    return facts.approved and trained and not mentor.paused
