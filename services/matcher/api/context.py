"""What every route needs: the unit of work, the terms, the translations, and the caller."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.chassis.i18n.sentence import Sentence
from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import current
from services.chassis.web.html_pages import language
from services.chassis.web.pagination import read_cursor
from services.chassis.web.problem import Problem, problem
from services.matcher.domain.match import Match
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.records import Position, Round, Waiting
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.engine_access.engine_queue import AGAIN_IN, EngineBusy, EngineQueue, TookTooLong
from services.matcher.use_cases.steps.match_access import Actor

MATCHES = "Matches"
WEIGHTS = "Weights"
ROUNDS = "Rounds"
WAITING = "Waiting"


@dataclass(frozen=True, slots=True)
class ApiContext:
    """The dependencies of the routes."""

    uow: UnitOfWork
    terms: Terms
    words: Words
    queue: EngineQueue = field(default_factory=EngineQueue)


@contextmanager
def patience() -> Iterator[None]:
    """Turn EngineBusy and TookTooLong into 503 with Retry-After."""
    try:
        yield
    except EngineBusy:
        raise _later(
            "engine_busy",
            Sentence("The matching is answering another question. Nothing was changed. Please ask again in a moment."),
        ) from None
    except TookTooLong:
        raise _later(
            "took_too_long",
            Sentence("This took too long, so we stopped it. Nothing was changed. Please ask again in a moment."),
        ) from None


def _later(code: str, detail: str) -> Problem:
    return problem(503, code, "Not available right now", detail, headers={"Retry-After": str(AGAIN_IN)})


def actor() -> Actor:
    """Return the caller: staff, or a person, who sees only their own."""
    caller = current()
    if caller.is_staff or caller.person_id:
        return Actor(caller.programme, caller.person_id, caller.scope)
    raise problem(403, "not_allowed", "Not open to you", "This is for people of a programme and their admins.")


def reader() -> str:
    """Return the language that an admin's browser prefers."""
    return language()


def position(cursor: str | None) -> Position | None:
    """Return where the page before ended; 422 for an invalid cursor."""
    last = read_cursor(cursor)
    if last is None:
        return None
    moment, row_id = last
    return datetime.fromisoformat(moment), str(row_id)


def of_match(match: Match) -> tuple[str, str]:
    """Return a match's position in a list."""
    return _text(match.proposed_at), match.id


def of_round(row: Round) -> tuple[str, str]:
    """Return a round's position in a list."""
    return _text(row.opened_at), row.id


def of_waiting(waiting: Waiting) -> tuple[str, str]:
    """Return a waiting person's position in a list."""
    return _text(waiting.waiting_since), waiting.person_id


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
