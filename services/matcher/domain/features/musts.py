"""A mentee's musts: each is a bit that the mentor has or has not.

Several musts hold together; only genders are alternatives, since a mentor has one. A ``relation`` must bends the
criterion of that name as well (who counts as a match); a ``language`` must asks only that the mentor knows it.
"""

from datetime import date

from services.events.facts import Must, Spoken
from services.matcher.domain.features.criteria.language import understanding
from services.matcher.domain.features.criteria.relation import ANY
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.people import Mentee, Mentor

BENDS = ("relation",)  # criteria that a must of the same name bends
Want = tuple[str, tuple[str, ...]]  # criterion, and the values of which one is enough


def wants(mentee: Mentee) -> tuple[Want, ...]:
    """What a mentor must have, one entry per condition, sorted."""
    musts: tuple[Must, ...] = mentee.facts.musts
    genders = tuple(sorted({must.value for must in musts if must.criterion == "gender"}))
    single = {(must.criterion, (must.value,)) for must in musts if must.criterion != "gender"}
    single.discard(("relation", (ANY,)))
    return tuple(sorted(single | ({("gender", genders)} if genders else set())))


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
