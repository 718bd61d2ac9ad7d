"""Read and list matches. Their reasons reveal health facts, so reads by admins are audited."""

from collections.abc import Sequence

from services.matcher.domain.match import Match
from services.matcher.domain.records import Position
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, audit_read, visible_match


def read_visible_match(uow: UnitOfWork, actor: Actor, match_id: str) -> Match:
    """Return a match; raise the same NotFound for a hidden match as for an unknown one."""
    with uow.begin(read_only=not actor.is_admin) as store:
        match = visible_match(store, actor, match_id)
        audit_read(store, actor, "read_match", match_id)
    return match


def list_visible_matches(
    uow: UnitOfWork, actor: Actor, *, state: str | None, after: Position | None, limit: int
) -> Sequence[Match]:
    """List the matches that the actor may see, the latest first, after a position; ``limit`` + 1 if there are more."""
    with uow.begin(read_only=not actor.is_admin) as store:
        matches = store.matches.listed(actor.programme_id, actor.person_id, state=state, after=after, limit=limit + 1)
        audit_read(
            store, actor, "read_matches", actor.programme_id, {"matches": [match.id for match in matches[:limit]]}
        )
    return matches
