"""Refuse the tokens of sessions that ended in profiles."""

from services.events.profiles import SessionsEnded
from services.notifications.ports import Unit


def end_sessions(uow: Unit, event: SessionsEnded) -> None:
    """Store which sessions ended, for as long as their access tokens could still be used."""
    with uow.begin() as store:
        store.end_sessions(*event.session_ids)
