"""A person looks for a mentor."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from services.events.validation import mentee_faults
from services.profiles.domain.consent import consent_faults
from services.profiles.domain.faults import refuse_any
from services.profiles.domain.intake import contact_faults, with_endings
from services.profiles.domain.person import MenteeSide
from services.profiles.domain.signposts import signposts_for
from services.profiles.domain.youth import admit_age
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.join_programme import Form, Joined, finish_sign_up, join_programme


def sign_up_mentee(
    resources: Resources, form: Form, told: Callable[[datetime], MenteeSide], signed_in: str | None = None
) -> Joined:
    """Keep a mentee and tell the others; raise Invalid, Forbidden (age) or Conflict (address) with nothing written.

    `told` gives what the mentee told as of the moment from which they wait: the database's now.
    """
    with resources.begin() as store:
        today = store.now.date()
        side = told(store.now)
        facts = side.facts
        refuse_any((*contact_faults(form.contact), *consent_faults(form.consents), *mentee_faults(facts, today)))
        minor = admit_age(facts.age_band, form.consents, youth_track=resources.rules.youth_track, role="mentee")
        stages = with_endings(facts.life_stages, today)
        side = replace(side, facts=replace(facts, life_stages=stages, minor=minor))
        person = join_programme(
            resources, store, form, "mentee", lambda someone: replace(someone, mentee=side), signed_in
        )
        return finish_sign_up(resources, store, person, "mentee", signposts_for(side.facts))
