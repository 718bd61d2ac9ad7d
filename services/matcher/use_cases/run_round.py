"""Run a matching round of a programme: read one snapshot, decide without any lock, apply what still holds.

What a round reads is stored before it decides, so a run that is cut off anywhere is taken up by the next one with the
same snapshot and comes to the same proposals. Each run takes a fence; one that was overtaken cannot apply any more, and
neither can one that was cancelled. In review mode a round that has decided is held until an admin releases it.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from services.chassis.core.errors import Conflict
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
    """The engine found no answer within the time a round may take; nobody was asked."""


class RoundTooLarge(Conflict):
    """The engine would take more memory than a round may; found before it was taken, and nobody was asked."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A round with what it read; the hash of that where it was just written, the decision where it was released.

    ``start`` are the last round's prices: they make the answer come sooner, and change nothing about it.
    """

    opened: Round
    snapshot: Snapshot
    input_hash: str | None = None
    released: RoundResult | None = None
    start: WarmStart = COLD_START


def run_round(
    uow: UnitOfWork, terms: Terms, programme_id: str, *, decide: Callable[..., Decision] = matching.decide_round
) -> Round | None:
    """Ask as many mentors as can be asked now.

    First come the alternates of earlier rounds, where they harm nobody. Returns the round; None when nobody waits, when
    another run leads, or while a round is held for review. Raises RoundTooLong and RoundTooLarge.
    """
    begun = _take_up(uow, programme_id)
    if begun is None:
        offer_alternates(uow, terms, programme_id)
        begun = _begin(uow, programme_id)
    if begun is None:
        return None
    opened, snapshot = begun.opened, begun.snapshot
    try:
        if begun.released is not None:
            return apply_round(uow, terms, opened, snapshot, Decision(result=begun.released))
        decision = _decided(uow, terms, begun, decide)
        return _hold(uow, opened, decision) or apply_round(uow, terms, opened, snapshot, decision)
    except (RoundOvertaken, RunCancelledError):
        return None


def _take_up(uow: UnitOfWork, programme_id: str) -> _Begun | None:
    """Go on with a round that was cut off, or that was released."""
    with uow.begin() as store:
        found = store.rounds.unfinished(programme_id)
        if found is None:
            return None
        cut_off, snapshot, released = found
        opened = replace(cut_off, fence=store.rounds.take_fence(programme_id))
        store.rounds.refence(opened)
        return _Begun(opened, snapshot, released=released)


class _ErasedMeanwhile(Exception):
    """A person who was read for a round was erased before the round could store what it had read."""


def _begin(uow: UnitOfWork, programme_id: str) -> _Begun | None:
    """Open a round on a snapshot of the programme; read again where a person was erased meanwhile."""
    while True:  # each further turn takes one more erasure within a moment
        with suppress(_ErasedMeanwhile):
            return _open_round(uow, programme_id)


def _open_round(uow: UnitOfWork, programme_id: str) -> _Begun | None:
    """Read everybody as of one moment, and keep what was read. Raises _ErasedMeanwhile."""
    with uow.begin(read_only=True) as store:
        if store.rounds.in_review(programme_id) is not None:
            return None
        snapshot = store.rounds.snapshot(programme_id)
        start = store.rounds.last_prices(programme_id)
    if not snapshot.mentees:
        return None
    read = snapshot_pieces(snapshot)
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
        store.rounds.open(opened, read)
        # The programme is locked now: an erasure was committed before, and is found here, or waits for this commit.
        people = [mentee.id for mentee in snapshot.mentees] + [mentor.id for mentor in snapshot.mentors]
        if store.pool.any_forgotten(people, snapshot.at):
            raise _ErasedMeanwhile
    return _Begun(opened, snapshot, input_hash=digest("".join(read)), start=start)


def _decided(uow: UnitOfWork, terms: Terms, begun: _Begun, decide: Callable[..., Decision]) -> Decision:
    """Ask the engine, watched; a round that takes too much is given up, and the next one reads afresh."""
    seen = RoundWatch(uow, begun.opened)
    try:
        return decide(
            begun.snapshot,
            start=begun.start,
            input_hash=begun.input_hash,
            limits=Limits(megabytes=terms.round_megabytes),
            watch=Watch(seconds=terms.round_time.total_seconds(), progress=seen.progress, cancelled=seen.cancelled),
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
    """Keep a decision for an admin to look at, where the programme wants that."""
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
