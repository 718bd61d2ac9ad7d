"""Report, once, every mentee who waits longer than promised."""

from datetime import timedelta

from services.events.matcher import WaitAtRisk
from services.matcher.ports import Store, UnitOfWork


def watch_promises(uow: UnitOfWork) -> int:
    """Publish WaitAtRisk for mentees past the promise of their lane, once each; return how many."""
    with uow.begin(read_only=True) as store:
        programmes = store.waits.programmes()
    reported = 0
    for programme_id in programmes:
        with uow.begin() as store:
            reported += _watch(store, programme_id)
    return reported


def _watch(store: Store, programme_id: str) -> int:
    from services.matcher.domain.formulation.priority import lane, promised_by  # imports the engine only when due

    weights = store.weights.current(programme_id).weights
    shortest = timedelta(hours=min(weights.promise_hours.values()))
    waiting = {row.person_id: row for row in store.waits.list_late_unreported(programme_id, store.now - shortest)}
    late = [
        mentee
        for mentee in store.pool.as_mentees(list(waiting)).values()
        if promised_by(mentee, weights, store.now) <= store.now
    ]
    for mentee in late:
        store.waits.mark_reported(mentee.id)
        store.publish(
            WaitAtRisk(
                mentee_id=mentee.id,
                programme_id=programme_id,
                waiting_since=mentee.facts.waiting_since,
                lane=lane(mentee, store.now),
                cause=waiting[mentee.id].cause or "next_round",
            )
        )
    return len(late)
