"""Raise the version of every person, so that the other services take restored facts for newer ones."""

from services.profiles.ports import Resources


def raise_versions(resources: Resources, by: int, *, actor: str, reason: str | None = None) -> int:
    """Raise every version by ``by``; return the number of people. For a database restored from a backup."""
    with resources.begin() as store:
        count = store.people.raise_versions(by)
        detail = {"by": by, "people": count}
        store.audit("raise_versions", resources.rules.programme, by=actor, reason=reason, detail=detail)
        return count
