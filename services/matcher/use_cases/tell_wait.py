"""How long somebody will wait, honestly; and why they wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.chassis.errors import NotFound
from services.matcher.domain.match import Match
from services.matcher.ports import Store, UnitOfWork, Waiting
from services.matcher.use_cases.actor import Actor
from services.matcher.use_cases.tell_figures import figures_of

BASIS = 100  # the last mentees that an estimate is made from
ENOUGH = 5  # fewer are no basis for any promise
Status = Literal["waiting", "asked", "introduced", "matched", "paused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Where a mentee stands. The estimate, in seconds from sign-up to the first mentor asked, is None without basis."""

    person_id: str
    status: Status
    waiting_since: datetime
    tries: int
    usual_seconds: float | None
    nearly_all_seconds: float | None
    basis: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a mentee has no mentor yet: a cause as of a round, or ``next_round`` when none has seen them yet."""

    person_id: str
    status: Status
    cause: str | None
    rules: tuple[str, ...]
    round_id: str | None


def tell_wait(uow: UnitOfWork, actor: Actor, person_id: str) -> Wait:
    """Say where a mentee stands and how long others waited; raises NotFound for anyone who is no mentee."""
    with uow.begin(read_only=True) as store:
        waiting, live = _seen(store, actor, person_id)
        seconds = store.waits.until_asked(waiting.programme_id, BASIS)
    figures = figures_of(seconds) if len(seconds) >= ENOUGH else figures_of(())
    return Wait(
        person_id=person_id,
        status=_status(waiting, live),
        waiting_since=waiting.waiting_since,
        tries=waiting.tries,
        usual_seconds=figures.median,
        nearly_all_seconds=figures.p90,
        basis=len(seconds),
    )


def tell_why(uow: UnitOfWork, actor: Actor, person_id: str) -> Why:
    """Say why a mentee has no mentor yet."""
    with uow.begin(read_only=True) as store:
        waiting, live = _seen(store, actor, person_id)
    status = _status(waiting, live)
    return Why(
        person_id=person_id,
        status=status,
        cause=cause_of(waiting) if status == "waiting" else None,
        rules=waiting.rules if status == "waiting" else (),
        round_id=waiting.round_id,
    )


def cause_of(waiting: Waiting) -> str:
    """The cause, with an answer for those whom no round has seen yet."""
    return waiting.cause or "next_round"


def _seen(store: Store, actor: Actor, person_id: str) -> tuple[Waiting, Match | None]:
    waiting = store.waits.wait_of(person_id) if actor.is_admin or actor.person_id == person_id else None
    if waiting is None or waiting.programme_id != actor.programme_id:
        raise NotFound("mentee_unknown", "There is no mentee with this id that you can see.")
    live = [match for match in store.matches.listed(waiting.programme_id, person_id, limit=20) if match.live]
    return waiting, next((match for match in live if match.mentee_id == person_id), None)


def _status(waiting: Waiting, live: Match | None) -> Status:
    match live.state if live is not None else "none":
        case "proposed":
            return "asked"
        case "accepted":
            return "introduced"
        case "active":
            return "matched"
        case _:
            return "paused" if waiting.standing == "paused" else "waiting"
