"""Run a matching round of a programme: read one snapshot, decide without any lock, apply what still holds.

What a round reads is stored before it decides, so a run that is cut off anywhere is taken up by the next one with the
same snapshot and comes to the same proposals. Each run takes a fence; one that was overtaken cannot apply any more.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace

from services.matcher.domain import round as matching
from services.matcher.domain.round import RoundResult, Snapshot
from services.matcher.domain.terms import Terms
from services.matcher.ports import Round, UnitOfWork
from services.matcher.use_cases.apply_round import RoundOvertaken, apply_round


def run_round(
    uow: UnitOfWork,
    terms: Terms,
    programme_id: str,
    *,
    decide: Callable[[Snapshot], RoundResult] = matching.run_round,
) -> Round | None:
    """Ask as many mentors as can be asked now; returns the round, or None when nobody waits or another run leads."""
    begun = _take_up(uow, programme_id) or _begin(uow, programme_id)
    if begun is None:
        return None
    opened, snapshot = begun
    try:
        return apply_round(uow, terms, opened, snapshot, decide(snapshot))
    except RoundOvertaken:
        return None


def _take_up(uow: UnitOfWork, programme_id: str) -> tuple[Round, Snapshot] | None:
    """Go on with a round that was cut off."""
    with uow.begin() as store:
        found = store.rounds.unfinished(programme_id)
        if found is None:
            return None
        cut_off, snapshot = found
        opened = replace(cut_off, fence=store.rounds.take_fence(programme_id))
        store.rounds.refence(opened)
        return opened, snapshot


def _begin(uow: UnitOfWork, programme_id: str) -> tuple[Round, Snapshot] | None:
    """Read everybody as of one moment, and keep what was read."""
    with uow.begin(read_only=True) as store:
        snapshot = store.rounds.snapshot(programme_id)
    if not snapshot.mentees:
        return None
    with uow.begin() as store:
        opened = Round(
            id=str(uuid.uuid4()),
            programme_id=programme_id,
            fence=store.rounds.take_fence(programme_id),
            state="open",
            weights_version=snapshot.weights.version,
            opened_at=store.now,
            mentees=len(snapshot.mentees),
            mentors=len(snapshot.mentors),
        )
        store.rounds.open(opened, snapshot)
    return opened, snapshot
