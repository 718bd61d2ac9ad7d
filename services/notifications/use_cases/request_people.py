"""Request a full replay of people from profiles, once for a new database."""

from uuid import uuid4

from services.events.requests import PeopleWanted
from services.notifications.ports import Unit


def request_people(uow: Unit, programme_id: str) -> bool:
    """Publish the request unless this database has done so before; return whether it was published now."""
    with uow.begin() as store:
        request_id = str(uuid4())
        if not store.record_first_request(programme_id, request_id):
            return False
        store.publish(PeopleWanted(asked_by="notifications", programme_id=programme_id, request_id=request_id))
        return True
