"""Why somebody waits: the cause, what they could change, and who needs the same few mentors."""

from dataclasses import dataclass, replace

from services.chassis.errors import Conflict
from services.matcher.domain.explain import Crowd, Relaxation
from services.matcher.domain.insights.why_waiting import WhyWaiting, why_waiting
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.actor import Actor
from services.matcher.use_cases.desk import Desk, EngineBusy, TookTooLong
from services.matcher.use_cases.tell_wait import NEXT_ROUND, Status, status_of, waiting_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a mentee has no mentor yet: a cause as of a round, or ``next_round`` when none has seen them yet.

    ``relaxations`` are wishes of their own that would open mentors; ``crowd`` proves a shortage. ``suitable`` mentors
    break no rule, ``free`` of them have a place; None while nothing was looked at.
    """

    person_id: str
    locale: str
    status: Status
    cause: str | None
    rules: tuple[str, ...]
    round_id: str | None
    suitable: int | None = None
    free: int | None = None
    relaxations: tuple[Relaxation, ...] = ()
    crowd: Crowd | None = None


def tell_why(uow: UnitOfWork, desk: Desk, actor: Actor, person_id: str, locale: str) -> Why:
    """Say why a mentee has no mentor yet; they read it in their own language, an admin in ``locale``.

    When the engine has no time for the question, or the pool is too large for it, a person is told what the last round
    found, without details; an admin is told why there is no answer now.
    """
    with uow.begin(read_only=True) as store:
        waiting, live = waiting_of(store, actor, person_id)
        reader = store.pool.member(actor.person_id) if actor.person_id else None
    why = Why(
        person_id=person_id,
        locale=reader.locale if reader is not None else locale,
        status=status_of(waiting, live),
        cause=None,
        rules=(),
        round_id=waiting.round_id,
    )
    if why.status != "waiting":
        return why
    if waiting.cause is None:
        return replace(why, cause=NEXT_ROUND)
    as_of_round = replace(why, cause=waiting.cause, rules=waiting.rules)
    try:
        return _detailed(as_of_round, _live(uow, desk, waiting.programme_id, person_id))
    except (Conflict, EngineBusy, TookTooLong):
        if actor.is_admin:
            raise
        return as_of_round


def _live(uow: UnitOfWork, desk: Desk, programme_id: str, person_id: str) -> WhyWaiting | None:
    """The reason in the pool as it is now; None when the next round has a mentor for them, or has yet to see them."""
    with desk.question(uow, programme_id) as asked:
        settled = asked.prepared.settled
        if all(one.id != person_id for one in settled.snapshot.mentees):
            return None
        return why_waiting(settled, person_id)


def _detailed(why: Why, found: WhyWaiting | None) -> Why:
    if found is None:
        return why
    return replace(
        why,
        cause=found.why.cause,
        rules=found.why.rules,
        suitable=found.why.suitable,
        free=found.why.free,
        relaxations=found.why.relaxations,
        crowd=found.crowd,
    )
