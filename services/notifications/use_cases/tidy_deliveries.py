"""Tidy up deliveries: close overdue ones, enqueue lost jobs again, delete old rows."""

from datetime import timedelta

from services.notifications.domain.delivery import State
from services.notifications.ports import DELIVER, Unit
from services.notifications.use_cases.steps.close_delivery import close_delivery

KEEP_FOR = timedelta(days=90)
"""How long settled deliveries and ended matches are kept, for the admin's list."""

_LIMIT = 200


def tidy_deliveries(uow: Unit) -> int:
    """Close overdue deliveries and enqueue those without a job, up to a limit; return their number."""
    with uow.begin() as store:
        overdue = store.overdue(_LIMIT)
        for delivery in overdue:
            if delivery.state is State.WAITING_FOR_CONTACT:
                close_delivery(store, delivery, State.FAILED, "no_contact")
            else:
                close_delivery(store, delivery, State.LAPSED, "too_late")
        without_job = store.without_job(_LIMIT)
        for delivery_id in without_job:
            store.enqueue(DELIVER, delivery_id)
        return len(overdue) + len(without_job)


def probe_mail_server(uow: Unit) -> int:
    """Make one delivery due that waits for the mail server; return how many (0 or 1).

    When it gets through, all others become due as well.
    """
    with uow.begin() as store:
        return store.hasten(limit=1)


def prune_deliveries(uow: Unit) -> int:
    """Delete deliveries and matches that settled or ended too long ago; return the number of rows."""
    with uow.begin() as store:
        return store.prune(store.now - KEEP_FOR)
