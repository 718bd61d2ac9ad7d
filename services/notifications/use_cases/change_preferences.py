"""Read and change a person's preferences."""

from services.chassis.core.errors import NotFound, Stale
from services.notifications.domain.preferences import Preferences, unsubscribed
from services.notifications.ports import Unit


def read_preferences(uow: Unit, person_id: str, programme_id: str) -> Preferences:
    """Return a person's preferences; raise NotFound when the person is unknown in the programme, or erased."""
    with uow.begin() as store:
        person = store.person(person_id)
        if person is None or person.erased or person.programme_id != programme_id:
            raise NotFound("not_found", "There is nothing here with this id that you can see.")
        return store.preferences(person_id)


def change_preferences(uow: Unit, changed: Preferences, *, by: str) -> Preferences:
    """Store preferences that follow version ``changed.version - 1``; raise Stale when that has changed since."""
    with uow.begin() as store:
        if not store.save_preferences(changed):
            raise Stale("changed_meanwhile", "These wishes changed meanwhile. Please read them again.")
        store.audit("preferences_changed", changed.person_id, by=by)
        return changed


def unsubscribe(uow: Unit, person_id: str) -> None:
    """Stop helpful messages; repeating it changes nothing, and the caller does not learn whether the person exists."""
    with uow.begin() as store:
        person = store.person(person_id)
        if person is None or person.erased:
            return
        stored = store.preferences(person_id)
        changed = unsubscribed(stored)
        if changed is not stored:
            store.save_preferences(changed)
            store.audit("unsubscribed", person_id, by=f"person:{person_id}")
