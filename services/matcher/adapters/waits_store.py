"""Read from the tables who waits, since when, and why, as of the last round that decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.storage.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.adapters.paging import behind
from services.matcher.adapters.pool_store import mentee_of
from services.matcher.domain.match import ENDED_WELL
from services.matcher.domain.records import MenteeHistory, Position, Waiting, looks_of

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.round import Reason, Unmatched

_WAITS = sa.select(t.mentees, t.people.c.standing).join(t.people, t.people.c.person_id == t.mentees.c.person_id)

_M = t.matches.c
_TRIES = sa.select(_M.mentee_id, _M.proposed_at, _M.active_at, _M.ended_at, _M.end_cause)


def without_live_match() -> sa.ColumnElement[bool]:
    """Return the condition for mentees without a live match."""
    return ~sa.exists().where(t.matches.c.mentee_id == t.mentees.c.person_id, t.matches.c.state != "ended")


class WaitsStore:
    """See ``ports.Waits``."""

    def __init__(self, tx: Transaction) -> None:
        self._now = tx.now
        self._connection = tx.connection

    def programmes(self) -> Sequence[str]:
        """Return the programmes in which people wait."""
        query = sa.select(t.mentees.c.programme_id).where(t.mentees.c.looking, without_live_match()).distinct()
        return sorted(self._connection.scalars(query))

    def waiting(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Waiting]:
        """List people who wait, longest first, after a position."""
        here = (t.mentees.c.programme_id == programme_id) & t.mentees.c.looking & without_live_match()
        order = (t.mentees.c.waiting_since, t.mentees.c.person_id)
        query = _WAITS.where(here, behind(order, after)).order_by(*order).limit(limit)
        return [_waiting_of(row) for row in self._connection.execute(query)]

    def wait_of(self, person_id: str) -> Waiting | None:
        """Return a mentee's wait, also during a live match; None for anyone else."""
        query = _WAITS.where(t.mentees.c.person_id == person_id, t.mentees.c.facts.is_not(None))
        row = self._connection.execute(query).first()
        return _waiting_of(row) if row is not None else None

    def list_late_unreported(self, programme_id: str, since: datetime) -> Sequence[Waiting]:
        """List people waiting since ``since`` or longer whose broken promise was not reported yet."""
        here = (t.mentees.c.programme_id == programme_id) & t.mentees.c.looking & without_live_match()
        query = _WAITS.where(here, t.mentees.c.risk_told_at.is_(None), t.mentees.c.waiting_since <= since)
        return [_waiting_of(row) for row in self._connection.execute(query.order_by(t.mentees.c.person_id))]

    def mark_reported(self, mentee_id: str) -> None:
        """Remember that a mentee's broken promise was reported."""
        reported = t.mentees.update().where(t.mentees.c.person_id == mentee_id)
        self._connection.execute(reported.values(risk_told_at=self._now))

    def reasons(self, programme_id: str) -> Mapping[str, Reason]:
        """Return why each mentee who looks for a mentor waits, as far as rounds have decided."""
        m = t.mentees.c
        looking = sa.select(m.person_id, m.why, m.why_rules).where(m.programme_id == programme_id, m.looking)
        return {row.person_id: (row.why, tuple(row.why_rules or ())) for row in self._connection.execute(looking)}

    def note(self, round_id: str, left: Sequence[Unmatched]) -> None:
        """Store why a round left people waiting."""
        if not left:
            return
        m = t.mentees.c
        each = t.mentees.update().where(m.person_id == sa.bindparam("for_mentee", type_=sa.String))
        reason = each.values(
            why=sa.bindparam("for_cause", type_=sa.String),
            why_rules=sa.bindparam("for_rules", type_=m.why_rules.type),
            why_round_id=round_id,
        )
        rows = [{"for_mentee": row.mentee_id, "for_cause": row.cause, "for_rules": list(row.rules)} for row in left]
        self._connection.execute(reason, rows)

    def clear_reason(self, mentee_id: str) -> None:
        """Delete the reason for a mentee's wait."""
        own = t.mentees.update().where(t.mentees.c.person_id == mentee_id)
        self._connection.execute(own.values(why=None, why_rules=None, why_round_id=None))

    def causes(self, programme_id: str) -> Mapping[str | None, int]:
        """Return the number of people waiting per cause; None counts those whom no round has seen yet."""
        here = (t.mentees.c.programme_id == programme_id) & t.mentees.c.looking & without_live_match()
        query = sa.select(t.mentees.c.why, sa.func.count()).where(here).group_by(t.mentees.c.why)
        return dict(self._connection.execute(query).all())

    def until_asked(self, programme_id: str, last: int) -> Sequence[float]:
        """Return the seconds from sign-up to the first proposal, of the ``last`` mentees."""
        query = (
            sa.select(t.matches.c.waiting_since, t.matches.c.proposed_at)
            .where(t.matches.c.programme_id == programme_id, t.matches.c.attempt == 1)
            .order_by(t.matches.c.proposed_at.desc())
            .limit(last)
        )
        return [
            max(0.0, (row.proposed_at - row.waiting_since).total_seconds()) for row in self._connection.execute(query)
        ]

    def histories(self, programme_id: str, last: int) -> Sequence[MenteeHistory]:
        """Return the histories of the ``last`` mentees who signed up and have not left, the latest first."""
        own = (t.mentees.c.programme_id == programme_id) & t.mentees.c.facts.is_not(None)
        query = sa.select(t.mentees).where(own)
        order = (t.mentees.c.waiting_since.desc(), t.mentees.c.person_id.desc())
        people = self._connection.execute(query.order_by(*order).limit(last)).all()
        matches: dict[str, list[Any]] = defaultdict(list)
        for row in self._connection.execute(_TRIES.where(_M.programme_id == programme_id)):
            matches[row.mentee_id].append(row)
        return [_history_of(row, matches.get(row.person_id, [])) for row in people]

    def history_of(self, person_id: str) -> MenteeHistory | None:
        """Return a mentee's history; None for anyone else, and for those who left."""
        own = (t.mentees.c.person_id == person_id) & t.mentees.c.facts.is_not(None)
        row = self._connection.execute(sa.select(t.mentees).where(own)).first()
        tries = self._connection.execute(_TRIES.where(_M.mentee_id == person_id)).all()
        return None if row is None else _history_of(row, tries)


def _history_of(row: sa.Row[Any], matches: Sequence[Any]) -> MenteeHistory:
    ended = [match for match in matches if match.active_at is not None and match.end_cause in ENDED_WELL]
    last = max(ended, key=lambda match: match.ended_at, default=None)
    return MenteeHistory(
        mentee=mentee_of(row, frozenset()),
        looks=looks_of(row.waiting_since, [(m.proposed_at, m.ended_at) for m in matches], looking=row.looking),
        matched_at=min((match.active_at for match in matches if match.active_at is not None), default=None),
        ended_well=None if last is None else ENDED_WELL[last.end_cause],
    )


def _waiting_of(row: sa.Row[Any]) -> Waiting:
    return Waiting(
        person_id=row.person_id,
        programme_id=row.programme_id,
        waiting_since=row.waiting_since,
        standing=row.standing,
        tries=row.tries,
        cause=row.why,
        rules=tuple(row.why_rules or ()),
        round_id=row.why_round_id,
    )
