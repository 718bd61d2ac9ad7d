"""Ask profiles to say everybody again: once, when this database is new."""

import uuid

from services.events.requests import PeopleWanted
from services.matcher.ports import UnitOfWork


def request_people(uow: UnitOfWork, programme_id: str) -> bool:
    """Ask if nobody has asked for this database yet; returns whether it was asked."""
    with uow.begin() as store:
        if not store.pool.first_request(programme_id):
            return False
        store.publish(PeopleWanted(asked_by="matcher", programme_id=programme_id, request_id=str(uuid.uuid4())))
    return True
