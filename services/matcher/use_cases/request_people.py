"""Request a full replay of people from profiles: once per new database, or when an operator needs it."""

import uuid

from services.events.requests import PeopleWanted
from services.matcher.ports import Store, UnitOfWork


def request_people(uow: UnitOfWork, programme_id: str) -> bool:
    """Request the replay unless this database has requested it before; return whether it was requested."""
    with uow.begin() as store:
        if not store.pool.first_request(programme_id):
            return False
        _publish(store, programme_id)
    return True


def request_people_again(uow: UnitOfWork, programme_id: str, *, by: str, reason: str | None) -> None:
    """Request the replay for an operator, such as after a restore; harmless at any time."""
    with uow.begin() as store:
        store.pool.first_request(programme_id)
        _publish(store, programme_id)
        store.audit("request_people", programme_id, by=by, reason=reason)


def _publish(store: Store, programme_id: str) -> None:
    store.publish(PeopleWanted(asked_by="matcher", programme_id=programme_id, request_id=str(uuid.uuid4())))
