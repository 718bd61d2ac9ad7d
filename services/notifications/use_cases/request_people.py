"""A new database knows nobody: ask profiles, once, to say everybody again."""

from uuid import uuid4

from services.events.requests import PeopleWanted
from services.notifications.ports import Unit


def request_people(uow: Unit, programme_id: str) -> bool:
    """Ask unless this database asked before; whether it did now."""
    with uow.begin() as store:
        request_id = str(uuid4())
        if not store.first_time(programme_id, request_id):
            return False
        store.publish(PeopleWanted(asked_by="notifications", programme_id=programme_id, request_id=request_id))
        return True
