"""Read where a mentee stands and estimate how long they will wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from babel.dates import format_timedelta

from services.chassis.core.errors import NotFound
from services.chassis.i18n.translations import Phrases
from services.matcher.domain.candidates import Mentee
from services.matcher.domain.formulation.priority import lane
from services.matcher.domain.insights.wait_estimate import Wait as OthersWait
from services.matcher.domain.insights.wait_estimate import WaitEstimate, estimate_wait
from services.matcher.domain.match import Match
from services.matcher.domain.records import MenteeHistory, Position, Waiting
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, audit_read

BASIS = 500  # an estimate uses this many of the last mentees
NEXT_ROUND = "next_round"
Status = Literal["waiting", "asked", "introduced", "matched", "paused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Where a mentee stands, and an estimate from how long people like them waited until a mentor was asked."""

    person_id: str
    locale: str
    status: Status
    waiting_since: datetime
    tries: int
    estimate: WaitEstimate


def read_waiting_time(uow: UnitOfWork, actor: Actor, person_id: str, locale: str = "en") -> Wait:
    """Return where a mentee stands and how long others waited; raise NotFound for anyone who is no mentee.

    The locale is the mentee's own; ``locale`` for an admin.
    """
    with uow.begin(read_only=True) as store:
        waiting, live = waiting_of(store, actor, person_id)
        member = store.pool.member(person_id)
        weights = store.weights.current(waiting.programme_id).weights
        histories = store.waits.histories(waiting.programme_id, BASIS)
        own = store.waits.history_of(person_id)
        now = store.now
    if member is None or member.mentee is None or own is None:
        raise _unknown()
    mentee = Mentee(id=person_id, programme=waiting.programme_id, facts=member.mentee)
    others = [wait for history in histories if history.mentee.id != person_id for wait in _waits_in(history, now)]
    again_since = own.looks[-1].since if len(own.looks) > 1 else None
    return Wait(
        person_id=person_id,
        locale=locale if actor.is_admin else member.locale,
        status=status_of(waiting, live),
        waiting_since=waiting.waiting_since,
        tries=waiting.tries,
        estimate=estimate_wait(mentee, weights, now, others, again_since=again_since),
    )


def list_waiting_people(uow: UnitOfWork, actor: Actor, *, after: Position | None, limit: int) -> Sequence[Waiting]:
    """List people who wait, longest first, after a position; ``limit`` + 1 if there are more.

    Audited, since rules reveal what people asked for.
    """
    with uow.begin() as store:
        waiting = store.waits.waiting(actor.programme_id, after=after, limit=limit + 1)
        audit_read(
            store,
            actor,
            "read_waiting",
            actor.programme_id,
            {"mentees": [person.person_id for person in waiting[:limit]]},
        )
    return waiting


def format_wait(wait: Wait, phrases: Phrases) -> str:
    """Return the estimate, counted from now, in one or two sentences; empty for a mentee who is not waiting."""
    if wait.status != "waiting":
        return ""
    estimate, sentences = wait.estimate, []
    if estimate.past:
        sentences.append(
            phrases.gettext(
                "You've waited longer than we promised, and we're sorry. "
                "You're now one of the first people we look for."
            )
        )
    if estimate.basis != "promise":
        sentences.append(_format_range(estimate, phrases))
    elif estimate.high is not None:
        sentences.append(
            phrases.gettext(
                "We aim to ask a mentor for you within %(time)s. "
                "Too few people have waited before you for us to say more.",
                time=_duration(estimate.high - estimate.waited, phrases),
            )
        )
    return " ".join(sentences)


def _format_range(estimate: WaitEstimate, phrases: Phrases) -> str:
    low = _duration(estimate.low - estimate.waited, phrases)
    if estimate.high is None:
        return phrases.gettext("From now, it usually takes %(low)s or longer before we ask a mentor.", low=low)
    high = _duration(estimate.high - estimate.waited, phrases)
    if low == high:
        return phrases.gettext("From now, it usually takes about %(time)s before we ask a mentor.", time=low)
    return phrases.gettext(
        "From now, it usually takes between %(low)s and %(high)s before we ask a mentor.", low=low, high=high
    )


def _duration(hours: float, phrases: Phrases) -> str:
    rounded = timedelta(hours=max(1, round(hours)))
    return str(format_timedelta(rounded, granularity="hour", threshold=1.5, locale=phrases.locale.replace("-", "_")))


def _waits_in(history: MenteeHistory, now: datetime) -> Iterator[OthersWait]:
    facts = history.mentee.facts
    language = facts.languages[0].tag.split("-", maxsplit=1)[0] if facts.languages else ""
    first_lane = lane(history.mentee, facts.waiting_since)
    for number, look in enumerate(history.looks):
        hours = ((look.asked_at or now) - look.since).total_seconds() / 3600
        yield OthersWait(first_lane, language, max(0.0, hours), look.asked_at is not None, again=number > 0)


def cause_of(waiting: Waiting) -> str:
    """Return the cause of a wait; ``next_round`` for mentees whom no round has seen yet."""
    return waiting.cause or NEXT_ROUND


def waiting_of(store: Store, actor: Actor, person_id: str) -> tuple[Waiting, Match | None]:
    """Return a mentee's wait and their live match; raise NotFound unless the actor may see this mentee."""
    waiting = store.waits.wait_of(person_id) if actor.is_admin or actor.person_id == person_id else None
    if waiting is None or waiting.programme_id != actor.programme_id:
        raise _unknown()
    live = [match for match in store.matches.listed(waiting.programme_id, person_id, limit=20) if match.live]
    return waiting, next((match for match in live if match.mentee_id == person_id), None)


def status_of(waiting: Waiting, live: Match | None) -> Status:
    """Return where a mentee stands."""
    match live.state if live is not None else "none":
        case "proposed":
            return "asked"
        case "accepted":
            return "introduced"
        case "active":
            return "matched"
        case _:
            return "paused" if waiting.standing == "paused" else "waiting"


def _unknown() -> NotFound:
    return NotFound("mentee_unknown", "There is no mentee with this id that you can see.")
