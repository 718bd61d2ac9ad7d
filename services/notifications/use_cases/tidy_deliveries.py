"""Tidy up: end what waited too long, pick up what lost its job, drop what is old."""

from datetime import timedelta

from services.notifications.domain.delivery import State
from services.notifications.ports import DELIVER, Unit
from services.notifications.use_cases.steps.close_delivery import close_delivery

KEPT = timedelta(days=90)
"""How long settled deliveries and ended matches stay, for the admin's list."""

_AT_ONCE = 200


def tidy_deliveries(uow: Unit) -> int:
    """Settle what is overdue and pick up what is stranded, a bounded number at a time; how many there were."""
    with uow.begin() as store:
        overdue = store.overdue(_AT_ONCE)
        for delivery in overdue:
            if delivery.state is State.WAITING_FOR_CONTACT:
                close_delivery(store, delivery, State.FAILED, "no_contact")
            else:
                close_delivery(store, delivery, State.LAPSED, "too_late")
        stranded = store.stranded(_AT_ONCE)
        for delivery_id in stranded:
            store.enqueue(DELIVER, delivery_id)
        return len(overdue) + len(stranded)


def probe_mail_server(uow: Unit) -> int:
    """Let one message try that waits since the mail server was away; how many (0 or 1).

    When it gets through, all others are hastened by its delivery.
    """
    with uow.begin() as store:
        return store.hasten(limit=1)


def prune_deliveries(uow: Unit) -> int:
    """Drop what settled or ended longer ago than we keep it; how many rows."""
    with uow.begin() as store:
        return store.prune(store.now - KEPT)
