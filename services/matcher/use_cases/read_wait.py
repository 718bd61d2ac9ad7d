"""How long somebody will wait, honestly."""

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

BASIS = 500  # the last mentees that an estimate is made from
NEXT_ROUND = "next_round"
Status = Literal["waiting", "asked", "introduced", "matched", "paused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Where a mentee stands, and how long people like them waited until a mentor was asked."""

    person_id: str
    locale: str
    status: Status
    waiting_since: datetime
    tries: int
    estimate: WaitEstimate


def read_waiting_time(uow: UnitOfWork, actor: Actor, person_id: str, locale: str = "en") -> Wait:
    """Say where a mentee stands and how long others waited; raises NotFound for anyone who is no mentee.

    They read it in their own language, an admin in ``locale``.
    """
    with uow.begin(read_only=True) as store:
        waiting, live = waiting_of(store, actor, person_id)
        member = store.pool.member(person_id)
        weights = store.weights.current(waiting.programme_id).weights
        courses = store.waits.courses(waiting.programme_id, BASIS)
        own = store.waits.course_of(person_id)
        now = store.now
    if member is None or member.mentee is None or own is None:
        raise _unknown()
    mentee = Mentee(id=person_id, programme=waiting.programme_id, facts=member.mentee)
    others = [wait for one in courses if one.mentee.id != person_id for wait in _waits_in(one, now)]
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
    """Everybody who waits, longest first, behind a position, and one beyond the limit if there are more.

    Audited, since rules tell what people asked for.
    """
    with uow.begin() as store:
        found = store.waits.waiting(actor.programme_id, after=after, limit=limit + 1)
        audit_read(
            store, actor, "read_waiting", actor.programme_id, {"mentees": [one.person_id for one in found[:limit]]}
        )
    return found


def format_wait(wait: Wait, phrases: Phrases) -> str:
    """The estimate as a sentence or two, from now on; empty for somebody who is not waiting."""
    if wait.status != "waiting":
        return ""
    estimate, said = wait.estimate, []
    if estimate.past:
        said.append(
            phrases.gettext(
                "You have waited longer than we promised, and we are sorry. You are now among the first we look for."
            )
        )
    if estimate.basis != "promise":
        said.append(_say_range(estimate, phrases))
    elif estimate.high is not None:
        said.append(
            phrases.gettext(
                "We want to ask a mentor for you within %(time)s. Too few people have been through this to say more.",
                time=_duration(estimate.high - estimate.waited, phrases),
            )
        )
    return " ".join(said)


def _say_range(estimate: WaitEstimate, phrases: Phrases) -> str:
    low = _duration(estimate.low - estimate.waited, phrases)
    if estimate.high is None:
        return phrases.gettext("From now, it usually takes %(low)s or longer until a mentor is asked.", low=low)
    high = _duration(estimate.high - estimate.waited, phrases)
    if low == high:
        return phrases.gettext("From now, it usually takes about %(time)s until a mentor is asked.", time=low)
    return phrases.gettext(
        "From now, it usually takes between %(low)s and %(high)s until a mentor is asked.", low=low, high=high
    )


def _duration(hours: float, phrases: Phrases) -> str:
    told = timedelta(hours=max(1, round(hours)))
    return str(format_timedelta(told, granularity="hour", threshold=1.5, locale=phrases.locale.replace("-", "_")))


def _waits_in(course: MenteeHistory, now: datetime) -> Iterator[OthersWait]:
    facts = course.mentee.facts
    language = facts.languages[0].tag.split("-", maxsplit=1)[0] if facts.languages else ""
    came_in = lane(course.mentee, facts.waiting_since)
    for number, look in enumerate(course.looks):
        hours = ((look.asked_at or now) - look.since).total_seconds() / 3600
        yield OthersWait(came_in, language, max(0.0, hours), look.asked_at is not None, again=number > 0)


def cause_of(waiting: Waiting) -> str:
    """The cause, with an answer for those whom no round has seen yet."""
    return waiting.cause or NEXT_ROUND


def waiting_of(store: Store, actor: Actor, person_id: str) -> tuple[Waiting, Match | None]:
    """How a mentee waits, and their live match; raises NotFound for anyone who is no mentee this actor may see."""
    waiting = store.waits.wait_of(person_id) if actor.is_admin or actor.person_id == person_id else None
    if waiting is None or waiting.programme_id != actor.programme_id:
        raise _unknown()
    live = [match for match in store.matches.listed(waiting.programme_id, person_id, limit=20) if match.live]
    return waiting, next((match for match in live if match.mentee_id == person_id), None)


def status_of(waiting: Waiting, live: Match | None) -> Status:
    """Where a mentee stands, in one word."""
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
