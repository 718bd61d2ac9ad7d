"""Sign up as a mentee."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from services.events.validation import mentee_faults
from services.profiles.domain.consent import consent_faults
from services.profiles.domain.faults import refuse_any
from services.profiles.domain.intake import contact_faults, with_end_dates
from services.profiles.domain.person import MenteeSide
from services.profiles.domain.signposts import signposts_for
from services.profiles.domain.youth import admit_age
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.join_programme import Form, Joined, finish_sign_up, join_programme


def sign_up_mentee(
    resources: Resources, form: Form, side_at: Callable[[datetime], MenteeSide], signed_in: str | None = None
) -> Joined:
    """Store and publish a mentee; raise Invalid, Forbidden (age) or Conflict (address) with nothing written.

    ``side_at`` returns the mentee's answers for the time from which they wait, which is the database's time.
    """
    with resources.begin() as store:
        today = store.now.date()
        side = side_at(store.now)
        facts = side.facts
        refuse_any((*contact_faults(form.contact), *consent_faults(form.consents), *mentee_faults(facts, today)))
        minor = admit_age(facts.age_band, form.consents, youth_track=resources.rules.youth_track, role="mentee")
        stages = with_end_dates(facts.life_stages, today)
        side = replace(side, facts=replace(facts, life_stages=stages, minor=minor))
        person = join_programme(
            resources, store, form, "mentee", lambda person: replace(person, mentee=side), signed_in
        )
        return finish_sign_up(resources, store, person, "mentee", signposts_for(side.facts))
