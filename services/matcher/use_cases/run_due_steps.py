"""Do what is due by the database's clock: expire offers, send reminders, end breaks, request rounds."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.matcher.domain import match as life
from services.matcher.domain.match import Events, Match, MatchMovedOn
from services.matcher.domain.programme_terms import Terms
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND, save_transition

BATCH = 200


def expire_overdue_offers(uow: UnitOfWork, terms: Terms) -> int:
    """End every match whose time to answer is over, each in its own transaction; return how many."""

    def expire(store: Store, match: Match) -> Match:
        after = _step(life.expire)(store, match)
        if match.awaits == "mentor" and store.places.count_lapse(match.mentor_id) >= terms.lapses_before_rest:
            store.places.rest(match.mentor_id, store.now + terms.rest)
        return after

    return _each(uow, lambda store: store.matches.overdue(BATCH), expire)


def send_due_reminders(uow: UnitOfWork) -> int:
    """Remind, once, everyone who has not answered by half of their time; return how many."""
    return _each(uow, lambda store: store.matches.to_remind(BATCH), _step(life.remind))


def end_due_breaks(uow: UnitOfWork) -> int:
    """End breaks and rests that are over, and request rounds; return the number of programmes concerned."""
    with uow.begin() as store:
        programmes = store.places.wake()
        for programme_id in programmes:
            store.enqueue(RUN_ROUND, programme_id)
    return len(programmes)


def delete_old_rounds(uow: UnitOfWork, terms: Terms) -> int:
    """Delete rounds that are past their retention; return how many."""
    with uow.begin() as store:
        return store.rounds.prune(store.now - terms.rounds_kept, kept=terms.snapshots_kept)


def request_pending_rounds(uow: UnitOfWork) -> int:
    """Request a round in every programme where people wait: time alone changes life stages and priority."""
    with uow.begin() as store:
        programmes = store.waits.programmes()
        for programme_id in programmes:
            store.enqueue(RUN_ROUND, programme_id)
    return len(programmes)


def _step(change: Callable[[Match, datetime], tuple[Match, Events]]) -> Callable[[Store, Match], Match]:
    def save_step(store: Store, match: Match) -> Match:
        after, events = change(match, store.now)
        return save_transition(store, match, after, events)

    return save_step


def _each(uow: UnitOfWork, list_due: Callable[[Store], Sequence[str]], change: Callable[[Store, Match], Match]) -> int:
    with uow.begin(read_only=True) as store:
        match_ids = list_due(store)
    done = 0
    for match_id in match_ids:
        try:
            with uow.begin() as store:
                change(store, store.matches.get(match_id, lock=True))
                done += 1
        except MatchMovedOn:
            continue  # answered in the meantime
    return done
