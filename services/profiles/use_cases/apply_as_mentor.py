"""Apply as a mentor."""

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
    resources: Resources, form: Form, side_at: Callable[[datetime], MentorSide], signed_in: str | None = None
) -> Joined:
    """Store and publish an application; an admin approves it later.

    ``side_at`` returns the mentor's answers for the time of the application, which is the database's time.
    Raise Invalid, Forbidden (age) or Conflict (address) with nothing written.
    """
    with resources.begin() as store:
        side = side_at(store.now)
        facts = side.facts
        faults = (*contact_faults(form.contact), *consent_faults(form.consents))
        refuse_any((*faults, *mentor_faults(facts, store.now.date())))
        admit_age(facts.age_band, form.consents, youth_track=resources.rules.youth_track, role="mentor")
        person = join_programme(
            resources, store, form, "mentor", lambda person: replace(person, mentor=side), signed_in
        )
        return finish_sign_up(resources, store, person, "mentor", ())
