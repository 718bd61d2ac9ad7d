"""Request a matching round as an admin."""

from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND


def request_round(uow: UnitOfWork, programme_id: str, *, by: str, reason: str | None) -> None:
    """Queue a round at once; while a round runs, another follows it."""
    with uow.begin() as store:
        store.audit("ask_for_round", programme_id, by=by, reason=reason)
        store.enqueue(RUN_ROUND, programme_id)
