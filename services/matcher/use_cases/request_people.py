"""Request a full replay of people from profiles, once per new database."""

import uuid

from services.events.requests import PeopleWanted
from services.matcher.ports import UnitOfWork


def request_people(uow: UnitOfWork, programme_id: str) -> bool:
    """Request the replay unless this database has requested it before; return whether it was requested."""
    with uow.begin() as store:
        if not store.pool.first_request(programme_id):
            return False
        store.publish(PeopleWanted(asked_by="matcher", programme_id=programme_id, request_id=str(uuid.uuid4())))
    return True
