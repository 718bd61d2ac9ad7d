"""Read and change a person's preferences."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.chassis.core.errors import NotFound, Stale
from services.notifications.domain.preferences import Preferences, unsubscribed
from services.notifications.ports import Store, Unit


def read_preferences(uow: Unit, person_id: str, programme_id: str) -> Preferences:
    """Return a person's preferences; raise NotFound when the person is unknown in the programme, or erased."""
    with uow.begin() as store:
        return _preferences(store, person_id, programme_id)


def _preferences(store: Store, person_id: str, programme_id: str) -> Preferences:
    person = store.person(person_id)
    if person is None or person.erased or person.programme_id != programme_id:
        raise NotFound("not_found", "There is nothing here with this id that you can see.")
    return store.preferences(person_id)


def change_preferences(
    uow: Unit,
    person_id: str,
    programme_id: str,
    changes: Mapping[str, Any],
    check_version: Callable[[int], None],
    *,
    by: str,
) -> Preferences:
    """Change the named preferences of a person and return all of them, as the next version.

    ``check_version`` raises when the caller read another version. Raises NotFound like ``read_preferences``, and Stale
    when someone else changes them at the same moment.
    """
    with uow.begin() as store:
        stored = _preferences(store, person_id, programme_id)
        check_version(stored.version)
        changed = replace(stored, **changes, version=stored.version + 1)
        if not store.save_preferences(changed):
            raise Stale("changed_meanwhile", "These preferences changed meanwhile. Please read them again.")
        store.audit("preferences_changed", person_id, by=by)
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
