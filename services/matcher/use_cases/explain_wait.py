"""Explain why a mentee waits: the cause, what they could change, and who competes for the same few mentors.

This file alone decides what a person may learn: words and bands, no numbers, and nothing about other people, of whom
there may be one or two. The API and the sentences see only what a ``WaitExplanation`` contains.
"""

from dataclasses import dataclass, replace

from services.chassis.core.errors import Conflict
from services.matcher.domain.explain import Bottleneck, Relaxation
from services.matcher.domain.insights.disclosure_control import SMALLEST
from services.matcher.domain.insights.why_waiting import WhyWaiting, crowd_left, why_waiting
from services.matcher.domain.records import Waiting
from services.matcher.domain.round import decides, result_from_json, snapshot_from_json
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import EngineBusy, EngineQueue, TookTooLong
from services.matcher.use_cases.read_wait import NEXT_ROUND, Status, status_of, waiting_of
from services.matcher.use_cases.steps.match_access import Actor, audit_read


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRelaxation:
    """Wishes of the mentee that, dropped together, would open mentors.

    ``several`` is True for five mentors or more. ``awaits`` lists what else those mentors wait for (``ready``: they
    are not ready yet). ``mentors`` is their number, for admins; None for the mentee.
    """

    rules: tuple[str, ...]
    awaits: tuple[str, ...]
    several: bool
    mentors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitDetails:
    """Numbers and ids behind a cause: ``suitable`` mentors break no rule now, ``free`` of them have a place.

    ``crowd`` proves a shortage, as of the round that decided it. All None before anything was computed.
    """

    suitable: int | None = None
    free: int | None = None
    crowd: Bottleneck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitExplanation:
    """Why a mentee has no mentor yet: a cause as of a round, or ``next_round`` before any round has seen them.

    ``relaxations`` are their own wishes that, dropped, would open mentors. ``crowded`` is True where five people or
    more compete for the same few mentors. ``details`` is for admins; None for the mentee.
    """

    person_id: str
    locale: str
    status: Status
    cause: str | None
    rules: tuple[str, ...]
    round_id: str | None
    relaxations: tuple[ShownRelaxation, ...] = ()
    crowded: bool = False
    details: WaitDetails | None = None


def explain_wait(uow: UnitOfWork, queue: EngineQueue, actor: Actor, person_id: str, locale: str) -> WaitExplanation:
    """Return why a mentee has no mentor yet, in their own language; for an admin in ``locale``, audited.

    When the engine is busy, or the pool is too large for the question, a mentee gets the cause that the last round
    stored, without details; for an admin the error is raised.
    """
    with uow.begin(read_only=not actor.is_admin) as store:
        waiting, live = waiting_of(store, actor, person_id)
        audit_read(store, actor, "read_why_unmatched", person_id)
        reader = store.pool.member(actor.person_id) if actor.person_id else None
    why = WaitExplanation(
        person_id=person_id,
        locale=reader.locale if reader is not None else locale,
        status=status_of(waiting, live),
        cause=None,
        rules=(),
        round_id=waiting.round_id,
        details=WaitDetails() if actor.is_admin else None,
    )
    if why.status != "waiting":
        return why
    if waiting.cause is None:
        return replace(why, cause=NEXT_ROUND)
    as_of_round = replace(why, cause=waiting.cause, rules=waiting.rules)
    try:
        return _detailed(as_of_round, _current_cause(uow, queue, waiting))
    except (Conflict, EngineBusy, TookTooLong):
        if actor.is_admin:
            raise
        return as_of_round


def _current_cause(uow: UnitOfWork, queue: EngineQueue, waiting: Waiting) -> WhyWaiting | None:
    """Return the current cause; where it does not replace the stored one, that one with the crowd of its round."""
    current = _computed(uow, queue, waiting.programme_id, waiting.person_id)
    if current is None or waiting.cause is None or decides(waiting.cause, current.why.cause, current.why.rules):
        return current
    why = replace(current.why, cause=waiting.cause, rules=waiting.rules)
    return WhyWaiting(why=why, crowd=_crowd_then(uow, queue, waiting))


def _crowd_then(uow: UnitOfWork, queue: EngineQueue, waiting: Waiting) -> Bottleneck | None:
    """Return who competed in the round that stored the cause; None where only its figures are kept."""
    with uow.begin(read_only=True) as store:
        stored = store.rounds.stored(waiting.round_id) if waiting.round_id is not None else None
    if stored is None:
        return None
    with queue.turn():
        snapshot_json, result_json = stored
        return crowd_left(snapshot_from_json(snapshot_json), result_from_json(result_json), waiting.person_id)


def _computed(uow: UnitOfWork, queue: EngineQueue, programme_id: str, person_id: str) -> WhyWaiting | None:
    """Return the cause in the current pool; None when the pool has a mentor for them, or does not have them yet."""
    with queue.question(uow, programme_id) as question:
        solved = question.prepared.solved
        if all(mentee.id != person_id for mentee in solved.snapshot.mentees):
            return None
        return why_waiting(solved, person_id)


def _detailed(why: WaitExplanation, computed: WhyWaiting | None) -> WaitExplanation:
    if computed is None:
        return why
    crowd, for_admins = computed.crowd, why.details is not None
    return replace(
        why,
        cause=computed.why.cause,
        rules=computed.why.rules,
        relaxations=tuple(_shown(relaxation, in_numbers=for_admins) for relaxation in computed.why.relaxations),
        crowded=crowd is not None and len(crowd.mentees) >= SMALLEST,
        details=WaitDetails(suitable=computed.why.suitable, free=computed.why.free, crowd=crowd)
        if for_admins
        else None,
    )


def _shown(relaxation: Relaxation, *, in_numbers: bool) -> ShownRelaxation:
    return ShownRelaxation(
        rules=relaxation.rules,
        awaits=relaxation.awaits,
        several=relaxation.mentors >= SMALLEST,
        mentors=relaxation.mentors if in_numbers else None,
    )
