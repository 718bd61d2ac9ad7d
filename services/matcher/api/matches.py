"""Read matches: lists, single matches, notes and explanations."""

from collections.abc import Mapping
from typing import Any

from services.chassis.i18n.translations import Phrases
from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.etags import set_version
from services.chassis.web.pagination import page, page_schema
from services.matcher.api.context import MATCHES, ApiContext, actor, of_match, position, reader
from services.matcher.api.match_schemas import ExplanationSchema, MatchQuery, MatchSchema, NoteSchema, shown_match
from services.matcher.domain.match import Match
from services.matcher.use_cases.explain_match import WhyMatched, explain_match
from services.matcher.use_cases.read_matches import list_visible_matches, read_visible_match
from services.matcher.use_cases.read_note import read_note
from services.matcher.use_cases.wording.match_reasons import band_label, format_criterion


def match_routes(context: ApiContext) -> Blueprint:
    """Return the routes that read matches."""
    routes = Blueprint(MATCHES, __name__, description="Mentors asked for mentees, and what became of it.")

    @routes.route("/matcher/v1/matches")
    @allow("person", "matches:read")
    @routes.arguments(MatchQuery, location="query")
    @routes.response(200, page_schema(MatchSchema), description="The matches, the latest first")
    def list_matches(query: Mapping[str, Any]) -> dict[str, Any]:
        """List matches.

        A mentor sees the matches they were asked about, a mentee the live ones and those in which a mentor said yes;
        an admin sees all of the programme, each read audited. Continue with ``next`` as ``cursor``.
        """
        caller = actor()
        after = position(query["cursor"])
        rows = list_visible_matches(context.uow, caller, state=query["state"], after=after, limit=query["limit"])
        listed = page(rows, limit=query["limit"], position=of_match)
        return {**listed, "items": [shown_match(match, caller) for match in listed["items"]]}

    @routes.route("/matcher/v1/matches/<match_id>")
    @allow("person", "matches:read")
    @routes.response(200, MatchSchema, description="The match; its version is the ETag")
    def read_match(match_id: str) -> dict[str, Any]:
        """Read one match.

        An unknown match and one of other people give the same 404. An admin's read is audited.
        """
        caller = actor()
        match = read_visible_match(context.uow, caller, match_id)
        set_version(match.version)
        return shown_match(match, caller)

    @routes.route("/matcher/v1/matches/<match_id>/note")
    @allow("notes:read")
    @routes.response(200, NoteSchema, description="The note, or null")
    def read_decline_note(match_id: str) -> dict[str, Any]:
        """Read the private note that came with a decline.

        For admins; every read is audited.
        """
        return {"match_id": match_id, "note": read_note(context.uow, actor(), match_id)}

    @routes.route("/matcher/v1/matches/<match_id>/explanation")
    @allow("person", "matches:read")
    @routes.response(200, ExplanationSchema, description="The reasons, the weightiest first")
    def read_explanation(match_id: str) -> dict[str, Any]:
        """Explain why these two were matched.

        The two people get what they share, as words and bands in their own language. Admins get every criterion with
        its score and weight, which is audited.
        """
        why = explain_match(context.uow, context.words, actor(), match_id, reader())
        return _explanation(context, why)

    return routes


def _explanation(context: ApiContext, why: WhyMatched) -> dict[str, Any]:
    phrases = context.words.of(why.locale)
    parts: list[dict[str, Any]] = [
        {
            "criterion": reason.criterion,
            "label": reason.label,
            "band": reason.band,
            "band_label": reason.band_label,
            "shared": list(reason.shared),
        }
        for reason in why.reasons
    ]
    body: dict[str, Any] = {
        "match_id": why.match.id,
        "locale": why.locale,
        "band": why.band,
        "band_label": band_label(why.band, phrases),
        "parts": parts,
    }
    return body if why.score is None else _with_numbers(body, why, phrases)


def _with_numbers(body: dict[str, Any], why: WhyMatched, phrases: Phrases) -> dict[str, Any]:
    """Return the explanation for an admin: every criterion, also those without a band."""
    shown = {part["criterion"]: part for part in body["parts"]}
    no_band = {"label": "", "band": "", "band_label": "", "shared": []}
    parts = [
        {**no_band, "label": format_criterion(part.criterion, phrases), **shown.get(part.criterion, {})}
        | {"criterion": part.criterion, "score": part.score, "weight": part.weight, "codes": list(part.codes)}
        for part in sorted(why.parts, key=lambda part: -part.score * part.weight)
    ]
    return body | {"parts": parts, "score": why.score}


def answered(match: Match) -> dict[str, Any]:
    """Return a changed match as the caller sees it; its new version is the ETag."""
    set_version(match.version)
    return shown_match(match, actor())
