"""A mentee's musts: each is a bit that the mentor has or has not.

Several musts hold together, except those of one criterion in ``ALTERNATIVES``: one of these is enough. A ``relation``
must bends the criterion of that name as well (who counts as a match); a ``language`` must asks only that the mentor
knows it.
"""

from datetime import date

from services.events.facts import ALTERNATIVES, ANY_RELATION, Must, Spoken
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.each.language import understanding
from services.matcher.domain.criteria.pool import Pool

BENDS = ("relation",)  # criteria that a must of the same name bends
_OPEN = Must(criterion="relation", value=ANY_RELATION)
Want = tuple[str, tuple[str, ...]]  # criterion, and the values of which one is enough


def wants(mentee: Mentee) -> tuple[Want, ...]:
    """What a mentor must have, one entry per condition, sorted."""
    musts = [one for one in mentee.facts.musts if one != _OPEN]
    either = {name: {one.value for one in musts if one.criterion == name} for name in ALTERNATIVES}
    found = {(name, tuple(sorted(values))) for name, values in either.items() if values}
    return tuple(sorted(found | {(one.criterion, (one.value,)) for one in musts if one.criterion not in ALTERNATIVES}))


def meets(mentor: Mentor, want: Want, pool: Pool) -> bool:
    """Whether a mentor has what one condition asks."""
    criterion, values = want
    return any(_has(mentor, criterion, value, pool) for value in values)


def _has(mentor: Mentor, criterion: str, value: str, pool: Pool) -> bool:
    facts = mentor.facts
    if criterion == "language":
        asked = Spoken(tag=value, level="native")
        return any(understanding(pool, asked, spoken) > 0 for spoken in facts.languages)
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
    """Approved, trained on the day, and not taking a break."""
    facts = mentor.facts
    trained = facts.trained_until is not None and facts.trained_until >= day
    return facts.approved and trained and not mentor.paused
