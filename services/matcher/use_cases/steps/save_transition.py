"""Save a change of a match with everything that must follow from it."""

from services.chassis.messages.event import Event
from services.matcher.domain.match import KEEP_APART, Match
from services.matcher.ports import Store

RUN_ROUND = "run_round"
FIND_GAPS = "find_gaps"


def save_transition(store: Store, before: Match, after: Match, events: tuple[Event, ...]) -> Match:
    """Save a match and publish its events. A match that ended frees its place and requests a round at once."""
    saved = store.matches.save(before, after)
    store.publish(*events)
    if before.live and not after.live:
        store.places.free(after.mentor_id)
        if after.end_cause in KEEP_APART:
            store.pool.keep_apart(after.mentee_id, after.mentor_id, after.end_cause)
        store.enqueue(RUN_ROUND, after.programme_id)
    return saved
