"""How long somebody will wait, honestly."""

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
NEXT_ROUND = "next_round"
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


def tell_wait(uow: UnitOfWork, actor: Actor, person_id: str) -> Wait:
    """Say where a mentee stands and how long others waited; raises NotFound for anyone who is no mentee."""
    with uow.begin(read_only=True) as store:
        waiting, live = waiting_of(store, actor, person_id)
        seconds = store.waits.until_asked(waiting.programme_id, BASIS)
    figures = figures_of(seconds) if len(seconds) >= ENOUGH else figures_of(())
    return Wait(
        person_id=person_id,
        status=status_of(waiting, live),
        waiting_since=waiting.waiting_since,
        tries=waiting.tries,
        usual_seconds=figures.median,
        nearly_all_seconds=figures.p90,
        basis=len(seconds),
    )


def cause_of(waiting: Waiting) -> str:
    """The cause, with an answer for those whom no round has seen yet."""
    return waiting.cause or NEXT_ROUND


def waiting_of(store: Store, actor: Actor, person_id: str) -> tuple[Waiting, Match | None]:
    """How a mentee waits, and their live match; raises NotFound for anyone who is no mentee this actor may see."""
    waiting = store.waits.wait_of(person_id) if actor.is_admin or actor.person_id == person_id else None
    if waiting is None or waiting.programme_id != actor.programme_id:
        raise NotFound("mentee_unknown", "There is no mentee with this id that you can see.")
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
