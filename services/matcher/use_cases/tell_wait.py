"""How long somebody will wait, honestly."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from babel.dates import format_timedelta

from services.chassis.errors import NotFound
from services.chassis.words import Phrases
from services.matcher.domain.features.priority import lane
from services.matcher.domain.insights.waiting import Wait as OthersWait
from services.matcher.domain.insights.waiting import WaitEstimate, estimate_wait
from services.matcher.domain.match import Match
from services.matcher.domain.people import Mentee
from services.matcher.ports import Course, Store, UnitOfWork, Waiting
from services.matcher.use_cases.actor import Actor

BASIS = 500  # the last mentees that an estimate is made from
NEXT_ROUND = "next_round"
Status = Literal["waiting", "asked", "introduced", "matched", "paused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Where a mentee stands, and how long people like them waited from sign-up until a mentor was asked."""

    person_id: str
    locale: str
    status: Status
    waiting_since: datetime
    tries: int
    estimate: WaitEstimate


def tell_wait(uow: UnitOfWork, actor: Actor, person_id: str, locale: str = "en") -> Wait:
    """Say where a mentee stands and how long others waited; raises NotFound for anyone who is no mentee.

    They read it in their own language, an admin in ``locale``.
    """
    with uow.begin(read_only=True) as store:
        waiting, live = waiting_of(store, actor, person_id)
        member = store.pool.member(person_id)
        weights = store.weights.current(waiting.programme_id).weights
        courses = store.waits.courses(waiting.programme_id, BASIS)
        now = store.now
    if member is None or member.mentee is None:
        raise _unknown()
    mentee = Mentee(id=person_id, programme=waiting.programme_id, facts=member.mentee)
    others = [_wait_in(one, now) for one in courses if one.mentee.id != person_id]
    return Wait(
        person_id=person_id,
        locale=locale if actor.is_admin else member.locale,
        status=status_of(waiting, live),
        waiting_since=waiting.waiting_since,
        tries=waiting.tries,
        estimate=estimate_wait(mentee, weights, now, others),
    )


def say_wait(estimate: WaitEstimate, phrases: Phrases) -> str:
    """The estimate as a sentence, with what it rests on."""
    low = _duration(estimate.low, phrases)
    if estimate.basis == "promise":
        return phrases.gettext(
            "We want to ask a mentor for you within %(time)s. Too few people have been through this to say more.",
            time=_duration(estimate.high or 0, phrases),
        )
    if estimate.high is None:
        return phrases.gettext("It usually takes %(low)s or longer until a mentor is asked.", low=low)
    return phrases.gettext(
        "It usually takes between %(low)s and %(high)s until a mentor is asked.",
        low=low,
        high=_duration(estimate.high, phrases),
    )


def _duration(hours: float, phrases: Phrases) -> str:
    told = timedelta(hours=max(1, round(hours)))
    return str(format_timedelta(told, granularity="hour", threshold=1.5, locale=phrases.locale.replace("-", "_")))


def _wait_in(course: Course, now: datetime) -> OthersWait:
    facts = course.mentee.facts
    language = facts.languages[0].tag.split("-", maxsplit=1)[0] if facts.languages else ""
    waited = (course.asked_at or now) - facts.waiting_since
    return OthersWait(
        lane(course.mentee, facts.waiting_since),
        language,
        max(0.0, waited.total_seconds() / 3600),
        course.asked_at is not None,
    )


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
