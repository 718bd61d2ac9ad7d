"""Reading matches: lists, one match, and why it was made."""

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
    """`GET` of matches."""
    routes = Blueprint(MATCHES, __name__, description="Mentors asked for mentees, and what became of it.")

    @routes.route("/matcher/v1/matches")
    @allow("person", "admin")
    @routes.arguments(MatchQuery, location="query")
    @routes.response(200, page_schema(MatchSchema), description="The matches, the latest first")
    def list_matches(query: Mapping[str, Any]) -> dict[str, Any]:
        """List matches.

        A mentor sees the matches they were asked about, a mentee the live ones and those in which a mentor said yes;
        an admin sees all of the programme, each reading audited. Go on with `next` as `cursor`.
        """
        who = actor()
        after = position(query["cursor"])
        rows = list_visible_matches(context.uow, who, state=query["state"], after=after, limit=query["limit"])
        found = page(rows, limit=query["limit"], position=of_match)
        return {**found, "items": [shown_match(match, who) for match in found["items"]]}

    @routes.route("/matcher/v1/matches/<match_id>")
    @allow("person", "admin")
    @routes.response(200, MatchSchema, description="The match; its version is the ETag")
    def read_match(match_id: str) -> dict[str, Any]:
        """Read one match.

        A match that is not there and one of other people are the same 404. An admin's reading is audited.
        """
        who = actor()
        match = read_visible_match(context.uow, who, match_id)
        set_version(match.version)
        return shown_match(match, who)

    @routes.route("/matcher/v1/matches/<match_id>/note")
    @allow("admin")
    @routes.response(200, NoteSchema, description="The note, or null")
    def read_decline_note(match_id: str) -> dict[str, Any]:
        """Read the private note that came with a decline.

        For admins; that it was read is kept in the audit.
        """
        return {"match_id": match_id, "note": read_note(context.uow, actor(), match_id)}

    @routes.route("/matcher/v1/matches/<match_id>/explanation")
    @allow("person", "admin")
    @routes.response(200, ExplanationSchema, description="The reasons, the weightiest first")
    def read_explanation(match_id: str) -> dict[str, Any]:
        """Say why these two.

        The two people read words and bands in their own language: what they share. Admins read every criterion with
        its score and weight, and that is audited.
        """
        why = explain_match(context.uow, context.words, actor(), match_id, reader())
        return _explanation(context, why)

    return routes


def _explanation(context: ApiContext, why: WhyMatched) -> dict[str, Any]:
    phrases = context.words.of(why.locale)
    parts: list[dict[str, Any]] = [
        {
            "criterion": said.criterion,
            "label": said.label,
            "band": said.band,
            "band_label": said.band_label,
            "shared": list(said.shared),
        }
        for said in why.reasons
    ]
    found: dict[str, Any] = {
        "match_id": why.match.id,
        "locale": why.locale,
        "band": why.band,
        "band_label": band_label(why.band, phrases),
        "parts": parts,
    }
    return found if why.score is None else _with_numbers(found, why, phrases)


def _with_numbers(found: dict[str, Any], why: WhyMatched, phrases: Phrases) -> dict[str, Any]:
    """For an admin: every criterion, also those that had nothing to say to people."""
    said = {part["criterion"]: part for part in found["parts"]}
    silent = {"label": "", "band": "", "band_label": "", "shared": []}
    parts = [
        {**silent, "label": format_criterion(part.criterion, phrases), **said.get(part.criterion, {})}
        | {"criterion": part.criterion, "score": part.score, "weight": part.weight, "codes": list(part.codes)}
        for part in sorted(why.parts, key=lambda part: -part.score * part.weight)
    ]
    return found | {"parts": parts, "score": why.score}


def answered(match: Match) -> dict[str, Any]:
    """A match after a step, as the one who took it sees it; its new version is the ETag."""
    set_version(match.version)
    return shown_match(match, actor())
