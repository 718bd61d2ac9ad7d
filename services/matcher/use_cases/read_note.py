"""An admin reads the private note that came with a decline; that it was read is kept."""

from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, visible_match


def read_note(uow: UnitOfWork, actor: Actor, match_id: str) -> str | None:
    """The note, or None when none was left; NotFound for a match of another programme."""
    with uow.begin() as store:
        match = visible_match(store, actor, match_id)
        store.audit("match.note_read", match.id, by="admin")
        return store.matches.note(match.id)
