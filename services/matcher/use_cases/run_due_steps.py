"""What happens because time passes: offers lapse, reminders fall due, pauses end. Decided by the database's clock."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.matcher.domain import match as life
from services.matcher.domain.match import Match, MatchMovedOn, Told
from services.matcher.domain.programme_terms import Terms
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND, save_transition

BATCH = 200


def expire_overdue_offers(uow: UnitOfWork, terms: Terms) -> int:
    """End every match whose time to answer is over; returns how many. Each is a transaction of its own."""

    def lapsed(store: Store, match: Match) -> Match:
        after = _step(life.lapse)(store, match)
        if match.awaits == "mentor" and store.places.count_lapse(match.mentor_id) >= terms.lapses_before_rest:
            store.places.rest(match.mentor_id, store.now + terms.rest)
        return after

    return _each(uow, lambda store: store.matches.overdue(BATCH), lapsed)


def send_due_reminders(uow: UnitOfWork) -> int:
    """Remind, once, whoever has not answered at half of their time; returns how many."""
    return _each(uow, lambda store: store.matches.to_remind(BATCH), _step(life.remind))


def end_due_breaks(uow: UnitOfWork) -> int:
    """End the pauses and rests that are over, and let rounds see those people; returns how many programmes."""
    with uow.begin() as store:
        programmes = store.places.wake()
        for programme_id in programmes:
            store.enqueue(RUN_ROUND, programme_id)
    return len(programmes)


def delete_old_rounds(uow: UnitOfWork, terms: Terms) -> int:
    """Remove the rounds that nobody asks about any more; returns how many."""
    with uow.begin() as store:
        return store.rounds.prune(store.now - terms.rounds_kept, kept=terms.snapshots_kept)


def request_pending_rounds(uow: UnitOfWork) -> int:
    """Ask for a round wherever somebody waits: stages of life end and waiting counts, though nobody wrote anything."""
    with uow.begin() as store:
        programmes = store.waits.programmes()
        for programme_id in programmes:
            store.enqueue(RUN_ROUND, programme_id)
    return len(programmes)


def _step(change: Callable[[Match, datetime], tuple[Match, Told]]) -> Callable[[Store, Match], Match]:
    def taken(store: Store, match: Match) -> Match:
        after, told = change(match, store.now)
        return save_transition(store, match, after, told)

    return taken


def _each(uow: UnitOfWork, find: Callable[[Store], Sequence[str]], change: Callable[[Store, Match], Match]) -> int:
    with uow.begin(read_only=True) as store:
        found = find(store)
    done = 0
    for match_id in found:
        try:
            with uow.begin() as store:
                change(store, store.matches.get(match_id, lock=True))
                done += 1
        except MatchMovedOn:
            continue  # answered in the meantime, which is better
    return done
