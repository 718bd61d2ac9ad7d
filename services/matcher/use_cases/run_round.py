"""Run a matching round of a programme: read a snapshot, decide without any lock, apply the pairs that are still valid.

The snapshot is stored before the round decides, so the next run resumes an interrupted one from the same snapshot and
reaches the same proposals. Each run takes a fence; a run that was overtaken or cancelled can no longer apply anything.
In review mode a round that has decided is held until an admin releases it.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from services.chassis.core.errors import Conflict
from services.chassis.core.garbage import search_for_cycles_paused
from services.matcher.domain import round as matching
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.records import Round
from services.matcher.domain.round import (
    COLD_START,
    Decision,
    RoundResult,
    Snapshot,
    WarmStart,
    digest,
    snapshot_pieces,
)
from services.matcher.ports import UnitOfWork
from services.matcher.solver.column_generation import Limits, Watch
from services.matcher.solver.errors import MemoryLimitReachedError, RunCancelledError, TimeLimitReachedError
from services.matcher.use_cases.apply_round import RoundOvertaken, apply_round, figures_of
from services.matcher.use_cases.engine_access.round_progress import RoundWatch
from services.matcher.use_cases.offer_alternates import offer_alternates


class RoundTooLong(Conflict):
    """The solver found no answer within the time a round may take; no mentor was asked."""


class RoundTooLarge(Conflict):
    """The solver would take more memory than a round may; checked beforehand, and no mentor was asked."""


@dataclass(frozen=True, slots=True)
class _OpenRound:
    """An open round with its snapshot; ``input_hash`` when it is new, ``released`` when an admin released it.

    ``start`` is the warm start from the last round: it speeds the solver up and never changes the answer.
    """

    opened: Round
    snapshot: Snapshot
    input_hash: str | None = None
    released: RoundResult | None = None
    start: WarmStart = COLD_START


def run_round(
    uow: UnitOfWork, terms: Terms, programme_id: str, *, decide: Callable[..., Decision] = matching.decide_round
) -> Round | None:
    """Run one round and make its offers.

    Alternates of earlier rounds come first, where nobody loses by them. Returns the round; None when nobody waits, when
    another run has taken over, or while a round is held for review. Raises RoundTooLong and RoundTooLarge.
    """
    with search_for_cycles_paused():
        return _run_round(uow, terms, programme_id, decide)


def _run_round(uow: UnitOfWork, terms: Terms, programme_id: str, decide: Callable[..., Decision]) -> Round | None:
    begun = _resume(uow, programme_id)
    if begun is None:
        offer_alternates(uow, terms, programme_id)
        begun = _begin(uow, programme_id)
    if begun is None:
        return None
    opened, snapshot = begun.opened, begun.snapshot
    try:
        if begun.released is not None:
            return apply_round(uow, terms, opened, snapshot, Decision(result=begun.released))
        decision = _solve(uow, terms, begun, decide)
        return _hold(uow, opened, decision) or apply_round(uow, terms, opened, snapshot, decision)
    except (RoundOvertaken, RunCancelledError):
        return None


def _resume(uow: UnitOfWork, programme_id: str) -> _OpenRound | None:
    """Resume a round that was interrupted or released; return None without one."""
    with uow.begin() as store:
        unfinished = store.rounds.unfinished(programme_id)
        if unfinished is None:
            return None
        stored_round, snapshot, released = unfinished
        opened = replace(stored_round, fence=store.rounds.take_fence(programme_id))
        store.rounds.refence(opened)
        return _OpenRound(opened, snapshot, released=released)


class _ErasedMeanwhile(Exception):
    """A person in the snapshot was erased before the round could store it."""


def _begin(uow: UnitOfWork, programme_id: str) -> _OpenRound | None:
    """Open a round on a snapshot, and read again where a person was erased meanwhile."""
    while True:  # each further turn takes one more erasure within a moment
        with suppress(_ErasedMeanwhile):
            return _read_and_open(uow, programme_id)


def _read_and_open(uow: UnitOfWork, programme_id: str) -> _OpenRound | None:
    """Read a snapshot, and open a round with it; return None when nobody waits or a round is held.

    Raises ``_ErasedMeanwhile``, and stores nothing.
    """
    with uow.begin(read_only=True) as store:
        if store.rounds.in_review(programme_id) is not None:
            return None
        snapshot = store.rounds.snapshot(programme_id)
        start = store.rounds.last_prices(programme_id)
    if not snapshot.mentees:
        return None
    pieces = snapshot_pieces(snapshot)
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
        store.rounds.open(opened, pieces)
        # The programme is locked now: an erasure was committed before, and is found here, or waits for this commit.
        people = [mentee.id for mentee in snapshot.mentees] + [mentor.id for mentor in snapshot.mentors]
        if store.pool.any_forgotten(people, snapshot.at):
            raise _ErasedMeanwhile
    return _OpenRound(opened, snapshot, input_hash=digest("".join(pieces)), start=start)


def _solve(uow: UnitOfWork, terms: Terms, begun: _OpenRound, decide: Callable[..., Decision]) -> Decision:
    """Run the solver under its limits; a round that exceeds them is given up, and the next one reads afresh."""
    round_watch = RoundWatch(uow, begun.opened)
    try:
        return decide(
            begun.snapshot,
            start=begun.start,
            input_hash=begun.input_hash,
            limits=Limits(megabytes=terms.round_megabytes),
            watch=Watch(
                seconds=terms.round_time.total_seconds(), progress=round_watch.progress, cancelled=round_watch.cancelled
            ),
        )
    except TimeLimitReachedError as error:
        _give_up(uow, begun.opened)
        raise RoundTooLong("round_too_long", "The round found no answer within its time; nobody was asked.") from error
    except MemoryLimitReachedError as error:
        _give_up(uow, begun.opened)
        raise RoundTooLarge("round_too_large", f"Nobody was asked: {error} (ROUND_MEGABYTES).") from error


def _give_up(uow: UnitOfWork, opened: Round) -> None:
    with uow.begin() as store:
        if store.rounds.holds(opened):
            store.rounds.move(opened.id, "given_up")


def _hold(uow: UnitOfWork, opened: Round, decision: Decision) -> Round | None:
    """Hold a decision for review by an admin; return None where the programme asks mentors at once."""
    result = decision.result
    with uow.begin() as store:
        if store.rounds.mode(opened.programme_id) != "review" or not result.proposals:
            return None
        if not store.rounds.holds(opened):
            raise RoundOvertaken("round_overtaken", "Another run of this programme's matching has taken over.")
        held = replace(
            opened,
            state="review",
            input_hash=result.input_hash,
            result_hash=result.result_hash,
            proposed=len(result.proposals),
            unmatched=len(result.unmatched),
            certificate=figures_of(result),
        )
        store.rounds.hold(held, result, decision.prices)
        return held
