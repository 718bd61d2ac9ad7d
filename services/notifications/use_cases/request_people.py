"""Request a full replay of people from profiles: once for a new database, or when an operator needs it."""

from uuid import uuid4

from services.events.requests import PeopleWanted
from services.notifications.ports import Store, Unit


def request_people(uow: Unit, programme_id: str) -> bool:
    """Publish the request unless this database has done so before; return whether it was published now."""
    with uow.begin() as store:
        request_id = str(uuid4())
        if not store.record_first_request(programme_id, request_id):
            return False
        _publish(store, programme_id, request_id)
        return True


def request_people_again(uow: Unit, programme_id: str, *, by: str, reason: str | None) -> None:
    """Request the replay for an operator, such as after a restore; harmless at any time."""
    with uow.begin() as store:
        request_id = str(uuid4())
        store.record_first_request(programme_id, request_id)
        _publish(store, programme_id, request_id)
        store.audit("request_people", programme_id, by=by, reason=reason)


def _publish(store: Store, programme_id: str, request_id: str) -> None:
    store.publish(PeopleWanted(asked_by="notifications", programme_id=programme_id, request_id=request_id))
