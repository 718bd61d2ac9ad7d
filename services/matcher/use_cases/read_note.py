"""Read the private note of a decline, as staff; every read is audited."""

from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, visible_match


def read_note(uow: UnitOfWork, actor: Actor, match_id: str) -> str | None:
    """Return the note, or None without one; raise NotFound for a match of another programme."""
    with uow.begin() as store:
        match = visible_match(store, actor, match_id)
        store.audit("match.note_read", match.id, by=actor.by)
        return store.matches.note(match.id)
