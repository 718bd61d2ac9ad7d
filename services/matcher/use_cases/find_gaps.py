"""Whom to recruit next: a report that a worker makes, since it settles the pool over and over."""

from typing import Any

from services.matcher.domain.insights.gaps import Gaps, gaps
from services.matcher.ports import Report, UnitOfWork
from services.matcher.use_cases.settle import FIND_GAPS

KIND = "gaps"
_EFFORT = ((2_000, 3, 6), (10_000, 2, 4))  # people who wait up to, mentors to name, kinds to try for each
_LEAST_EFFORT = (1, 3)


def ask_for_gaps(uow: UnitOfWork, programme_id: str, *, by: str) -> Report:
    """Ask for the report afresh; the one made before stays until it is there."""
    with uow.begin() as store:
        store.reports.ask(programme_id, KIND)
        store.audit("ask_for_gaps", programme_id, by=by)
        store.enqueue(FIND_GAPS, programme_id)
        return store.reports.get(programme_id, KIND) or Report(asked_at=store.now)


def find_gaps(uow: UnitOfWork, programme_id: str) -> None:
    """Make the report from the pool as it is, without any lock; larger pools are searched less widely."""
    with uow.begin(read_only=True) as store:
        snapshot = store.rounds.snapshot(programme_id)
    waiting = len(snapshot.mentees)
    recruits, candidates = next(((n, kinds) for most, n, kinds in _EFFORT if waiting <= most), _LEAST_EFFORT)
    found = gaps(snapshot, recruits=recruits, candidates=candidates)
    with uow.begin() as store:
        store.reports.keep(programme_id, KIND, _plain(found) | {"waiting": waiting})


def _plain(found: Gaps) -> dict[str, Any]:
    return {
        "recruits": [
            {
                **one.kind._asdict(),
                "waiting": one.waiting,
                "more_matched": one.more_matched,
                "invitations": one.invitations,
            }
            for one in found.recruits
        ],
        "idle": [{**kind._asdict(), "places": places} for kind, places in found.idle],
    }
