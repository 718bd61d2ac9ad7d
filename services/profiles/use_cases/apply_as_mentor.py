"""A person offers their lived experience."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from services.events.validation import mentor_faults
from services.profiles.domain.consent import consent_faults
from services.profiles.domain.faults import refuse_any
from services.profiles.domain.intake import contact_faults
from services.profiles.domain.person import MentorSide
from services.profiles.domain.youth import admit_age
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.join_programme import Form, Joined, finish_sign_up, join_programme


def apply_as_mentor(
    resources: Resources, form: Form, told: Callable[[datetime], MentorSide], signed_in: str | None = None
) -> Joined:
    """Keep an application and tell the others; an admin approves it later.

    `told` gives what the mentor told as of the moment of their application: the database's now.
    Raises Invalid, Forbidden (age) or Conflict (address) with nothing written.
    """
    with resources.begin() as store:
        side = told(store.now)
        facts = side.facts
        faults = (*contact_faults(form.contact), *consent_faults(form.consents))
        refuse_any((*faults, *mentor_faults(facts, store.now.date())))
        admit_age(facts.age_band, form.consents, youth_track=resources.rules.youth_track, role="mentor")
        person = join_programme(
            resources, store, form, "mentor", lambda someone: replace(someone, mentor=side), signed_in
        )
        return finish_sign_up(resources, store, person, "mentor", ())
