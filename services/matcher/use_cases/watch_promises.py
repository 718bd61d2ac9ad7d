"""Notice, once, who waits longer than was promised."""

from datetime import timedelta

from services.events.matcher import WaitAtRisk
from services.matcher.ports import Store, UnitOfWork


def watch_promises(uow: UnitOfWork) -> int:
    """Tell of everybody past the promise of their lane of whom it was not told yet; returns how many."""
    with uow.begin(read_only=True) as store:
        programmes = store.waits.programmes()
    told = 0
    for programme_id in programmes:
        with uow.begin() as store:
            told += _watch(store, programme_id)
    return told


def _watch(store: Store, programme_id: str) -> int:
    from services.matcher.domain.formulation.priority import lane, promised_by  # brings the engine, when it is due

    weights = store.weights.current(programme_id).weights
    shortest = timedelta(hours=min(weights.promise_hours.values()))
    waiting = {row.person_id: row for row in store.waits.not_told_of(programme_id, store.now - shortest)}
    late = [
        mentee
        for mentee in store.pool.as_mentees(list(waiting)).values()
        if promised_by(mentee, weights, store.now) <= store.now
    ]
    for mentee in late:
        store.waits.mark_told(mentee.id)
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
