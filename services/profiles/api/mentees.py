"""The route on which mentees sign up."""

from functools import partial
from typing import Any

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.etags import set_version
from services.chassis.web.idempotency import idempotent
from services.chassis.web.rate_limits import limit_address, limited
from services.profiles.api.context import PREFIX, ApiContext, group, signed_in_person
from services.profiles.api.examples import MENTEE
from services.profiles.api.schemas.answers import JoinedSchema
from services.profiles.api.schemas.sides import MenteeSignUpSchema
from services.profiles.api.translate import form_of, mentee_side
from services.profiles.api.views import joined_view
from services.profiles.use_cases.sign_up_mentee import sign_up_mentee
from services.profiles.use_cases.steps.join_programme import Joined

Answer = tuple[dict[str, Any], int, dict[str, str]]
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "address of this person's record"}}


def mentees(context: ApiContext) -> Blueprint:
    """Return the routes for mentees."""
    routes = group("mentees", "People who look for a mentor.")

    @routes.route("/mentees", methods=["POST"])
    @allow("anyone")
    @limited(setting="sign_up_limit")
    @idempotent
    @answers(403, 409)
    @routes.arguments(MenteeSignUpSchema, example=MENTEE)
    @routes.response(201, JoinedSchema, headers=LOCATION)
    def sign_up(body: dict[str, Any]) -> Answer:
        """Sign up to find a mentor.

        Required are an address, one language, the relation to diabetes, its type (``unsure`` is fine) and the consent
        ``matching``. PersonExport else improves the match and has neutral defaults. The answer holds what happens next,
        how long people waited recently (or that too few matches are known), and a token for ``Authorization: Bearer``.

        A mentor who sends their token along becomes a mentee as well. An address that is already signed up gets 409
        and how to go on; people under 18 get 403 and where to turn, unless the programme has a youth track.
        """
        limit_address(body["contact"]["email"])
        return sign_up_response(
            context, sign_up_mentee(context.resources, form_of(body), partial(mentee_side, body), signed_in_person())
        )

    return routes


def sign_up_response(context: ApiContext, joined: Joined) -> Answer:
    """Return the answer to either sign-up."""
    set_version(joined.person.version)
    translator = context.words.of(joined.person.locale)
    headers = {"Location": f"{PREFIX}/people/{joined.person.id}", "Content-Language": joined.person.locale}
    return joined_view(joined, translator), 201, headers
