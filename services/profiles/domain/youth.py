"""People under 18 may join only with a youth track, a guardian's consent, and cleared mentors (need G10)."""

from collections.abc import Mapping

from services.chassis.core.errors import Forbidden
from services.chassis.i18n.sentence import Hint
from services.events.validation import MINOR, Fault
from services.profiles.domain.consent import GUARDIAN
from services.profiles.domain.faults import refuse_any


def admit_age(age_band: str | None, consents: Mapping[str, bool], *, youth_track: bool, role: str) -> bool:
    """Return whether this person is a minor who may join; raise Forbidden when the programme is for adults.

    With a youth track a minor joins as a mentee, with the guardian's consent in the ledger.
    """
    if age_band != MINOR:
        return False
    if not youth_track or role != "mentee":
        raise Forbidden(
            "adults_only",
            "Thank you for reaching out. For now we can only bring adults together, and nothing you sent was kept. "
            "Your diabetes team, or a national diabetes charity, knows groups for young people: they are a good place "
            "to ask. If you are in danger or very unwell, call your local emergency number.",
            field="age_band",
        )
    if not consents.get(GUARDIAN, False):
        message = Hint("A parent or guardian has to agree as well; add `guardian` once they have.", lambda: (GUARDIAN,))
        refuse_any([Fault("consents", message)])
    return True
