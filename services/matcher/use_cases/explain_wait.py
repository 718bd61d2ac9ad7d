"""Why somebody waits: the cause, what they could change, and who needs the same few mentors.

What a person may be told is decided here and nowhere else: words and bands, no number, and nothing of other people,
who may be one or two. What a `Why` does not hold, no door and no sentence can tell.
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
class LetGo:
    """Wishes of the person's own that could be let go of together.

    Somebody would fit then; ``several``, when that is five mentors or more. ``awaits`` is what keeps those mentors
    away besides (``ready``: they are not yet). ``mentors``, how many, is for admins, and None for the person.
    """

    rules: tuple[str, ...]
    awaits: tuple[str, ...]
    several: bool
    mentors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The numbers and names behind a reason: ``suitable`` mentors break no rule now, ``free`` of them have a place.

    ``crowd`` proves a shortage, as of the round that decided it. All None while nothing was looked at.
    """

    suitable: int | None = None
    free: int | None = None
    crowd: Bottleneck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a mentee has no mentor yet: a cause as of a round, or ``next_round`` when none has seen them yet.

    ``relaxations`` are wishes of their own that would open mentors; ``crowded`` tells that many people, five or more,
    need the same few mentors. ``behind_it`` is for admins, and None for the person.
    """

    person_id: str
    locale: str
    status: Status
    cause: str | None
    rules: tuple[str, ...]
    round_id: str | None
    relaxations: tuple[LetGo, ...] = ()
    crowded: bool = False
    behind_it: Behind | None = None


def explain_wait(uow: UnitOfWork, queue: EngineQueue, actor: Actor, person_id: str, locale: str) -> Why:
    """Say why a mentee has no mentor yet; they read it in their own language, an admin in ``locale``, audited.

    When the engine has no time for the question, or the pool is too large for it, a person is told what the last round
    found, without details; an admin is told why there is no answer now.
    """
    with uow.begin(read_only=not actor.is_admin) as store:
        waiting, live = waiting_of(store, actor, person_id)
        audit_read(store, actor, "read_why_unmatched", person_id)
        reader = store.pool.member(actor.person_id) if actor.person_id else None
    why = Why(
        person_id=person_id,
        locale=reader.locale if reader is not None else locale,
        status=status_of(waiting, live),
        cause=None,
        rules=(),
        round_id=waiting.round_id,
        behind_it=Behind() if actor.is_admin else None,
    )
    if why.status != "waiting":
        return why
    if waiting.cause is None:
        return replace(why, cause=NEXT_ROUND)
    as_of_round = replace(why, cause=waiting.cause, rules=waiting.rules)
    try:
        return _detailed(as_of_round, _found(uow, queue, waiting))
    except (Conflict, EngineBusy, TookTooLong):
        if actor.is_admin:
            raise
        return as_of_round


def _found(uow: UnitOfWork, queue: EngineQueue, waiting: Waiting) -> WhyWaiting | None:
    """The reason in the pool as it is now; where that decides nothing, the one before, with its crowd of then."""
    now = _live(uow, queue, waiting.programme_id, waiting.person_id)
    if now is None or waiting.cause is None or decides(waiting.cause, now.why.cause, now.why.rules):
        return now
    why = replace(now.why, cause=waiting.cause, rules=waiting.rules)
    return WhyWaiting(why=why, crowd=_crowd_then(uow, queue, waiting))


def _crowd_then(uow: UnitOfWork, queue: EngineQueue, waiting: Waiting) -> Bottleneck | None:
    """Who competed in the round that decided; None where only its figures are kept."""
    with uow.begin(read_only=True) as store:
        stored = store.rounds.stored(waiting.round_id) if waiting.round_id is not None else None
    if stored is None:
        return None
    with queue.turn():
        read, decided = stored
        return crowd_left(snapshot_from_json(read), result_from_json(decided), waiting.person_id)


def _live(uow: UnitOfWork, queue: EngineQueue, programme_id: str, person_id: str) -> WhyWaiting | None:
    """The reason in the pool as it is now; None when the next round has a mentor for them, or has yet to see them."""
    with queue.question(uow, programme_id) as asked:
        solved = asked.prepared.solved
        if all(one.id != person_id for one in solved.snapshot.mentees):
            return None
        return why_waiting(solved, person_id)


def _detailed(why: Why, found: WhyWaiting | None) -> Why:
    if found is None:
        return why
    crowd, for_admins = found.crowd, why.behind_it is not None
    return replace(
        why,
        cause=found.why.cause,
        rules=found.why.rules,
        relaxations=tuple(_let_go(one, in_numbers=for_admins) for one in found.why.relaxations),
        crowded=crowd is not None and len(crowd.mentees) >= SMALLEST,
        behind_it=Behind(suitable=found.why.suitable, free=found.why.free, crowd=crowd) if for_admins else None,
    )


def _let_go(relaxation: Relaxation, *, in_numbers: bool) -> LetGo:
    return LetGo(
        rules=relaxation.rules,
        awaits=relaxation.awaits,
        several=relaxation.mentors >= SMALLEST,
        mentors=relaxation.mentors if in_numbers else None,
    )
