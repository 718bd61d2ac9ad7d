"""A person says what they wish of our messages."""

from services.chassis.core.errors import NotFound, Stale
from services.notifications.domain.preferences import Preferences, unsubscribed
from services.notifications.ports import Unit


def read_preferences(uow: Unit, person_id: str, programme_id: str) -> Preferences:
    """A person's wishes; NotFound when the programme does not know them (any more)."""
    with uow.begin() as store:
        person = store.person(person_id)
        if person is None or person.erased or person.programme_id != programme_id:
            raise NotFound("not_found", "There is nothing here with this id that you can see.")
        return store.preferences(person_id)


def change_preferences(uow: Unit, wished: Preferences, *, by: str) -> Preferences:
    """Keep new wishes, made from version `wished.version - 1`; Stale when they changed meanwhile."""
    with uow.begin() as store:
        if not store.save_preferences(wished):
            raise Stale("changed_meanwhile", "These wishes changed meanwhile. Please read them again.")
        store.audit("preferences_changed", wished.person_id, by=by)
        return wished


def unsubscribe(uow: Unit, person_id: str) -> None:
    """No more helpful messages; doing it twice changes nothing, and nobody learns whether we know the person."""
    with uow.begin() as store:
        person = store.person(person_id)
        if person is None or person.erased:
            return
        known = store.preferences(person_id)
        wished = unsubscribed(known)
        if wished is not known:
            store.save_preferences(wished)
            store.audit("unsubscribed", person_id, by=f"person:{person_id}")
