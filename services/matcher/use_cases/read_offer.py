"""Read the match behind a link in a mail. Opening a link changes nothing."""

from dataclasses import dataclass

from services.matcher.domain import match as life
from services.matcher.domain.match import Match, Side
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, side_of, unknown_match


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A match as the holder of a link sees it. ``open`` is whether their answer is still awaited."""

    match: Match
    actor: Actor
    side: Side
    open: bool
    locale: str
    time_zone: str
    request_shape: str = ""
    formats: tuple[str, ...] = ()


def read_offer(uow: UnitOfWork, match_id: str, person_id: str, side: Side) -> Offer:
    """Return a match for the person and side of a link; raise NotFound for anyone else."""
    with uow.begin(read_only=True) as store:
        match = store.matches.get(match_id)
        actor = Actor(match.programme_id, person_id)
        person = store.pool.member(person_id)
        if side_of(match, actor) != side or person is None:
            raise unknown_match()
        mentee = store.pool.member(match.mentee_id)
        awaited = match.awaits == side and not life.overdue(match, store.now)
    facts = mentee.mentee if mentee is not None else None
    own = person.mentor if side == "mentor" else person.mentee
    return Offer(
        match=match,
        actor=actor,
        side=side,
        open=awaited,
        locale=person.locale,
        time_zone=own.time_zone if own is not None else "UTC",
        request_shape=facts.request_shape if facts is not None else "",
        formats=facts.formats if facts is not None else (),
    )
