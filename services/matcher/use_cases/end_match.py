"""End a match before or after it became active."""

from services.chassis.core.errors import Conflict
from services.matcher.domain import match as life
from services.matcher.domain.match import Match
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, side_of, visible_match
from services.matcher.use_cases.steps.save_transition import save_transition


def end_match(uow: UnitOfWork, actor: Actor, match_id: str, cause: str, *, reason: str | None = None) -> Match:
    """End an active or accepted match for either side, or any live one for an admin, with a reason (audited)."""
    with uow.begin() as store:
        match = visible_match(store, actor, match_id, lock=True)
        if not actor.is_admin and match.state == "proposed":
            raise Conflict(
                "answer_first",
                "The mentor is still asked about this match: they accept or decline it first.",
                now={"state": match.state, "version": match.version},
            )
        after, events = life.end(match, cause, side_of(match, actor) or "admin", store.now)
        if actor.is_admin:
            store.audit("end_match", match_id, by=actor.by, reason=reason, detail={"cause": cause, "was": match.state})
        return save_transition(store, match, after, events)
