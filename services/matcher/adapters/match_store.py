"""Matches in tables: every step compares and sets on (state, version)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import sqlalchemy as sa

from services.chassis.core.errors import NotFound
from services.chassis.messages.codec import to_json
from services.chassis.storage.database import conflict_insert
from services.chassis.storage.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.adapters.paging import behind
from services.matcher.adapters.rows import match_of, match_values, parts_of
from services.matcher.adapters.waits_store import without_live_match
from services.matcher.domain.match import ENDED_WELL, Match, moved_on
from services.matcher.domain.records import Offer, Position

if TYPE_CHECKING:
    from services.matcher.domain.explain import Part

Column: TypeAlias = sa.ColumnElement
_C = t.matches.c
_LIVE = _C.state != "ended"


class MatchStore:
    """See `ports.Matches`."""

    def __init__(self, tx: Transaction) -> None:
        self._now = tx.now
        self._connection = tx.connection
        self._free: frozenset[str] = frozenset()  # people of whom it is known that they are in no live match

    def get(self, match_id: str, *, lock: bool = False) -> Match:
        """The match; raises NotFound."""
        query = sa.select(t.matches).where(_C.match_id == match_id)
        row = self._connection.execute(query.with_for_update() if lock else query).first()
        if row is None:
            raise NotFound("match_unknown", "There is no match with this id that you can see.")
        return match_of(row)

    def listed(
        self,
        programme_id: str,
        person_id: str | None,
        *,
        state: str | None = None,
        after: Position | None = None,
        limit: int,
    ) -> Sequence[Match]:
        """The matches that a person may know of (None: everybody's), the latest proposed first, behind a position."""
        mine: sa.ColumnElement[bool] = sa.true()
        if person_id is not None:
            told = (_C.mentee_id == person_id) & (_LIVE | _C.accepted_at.is_not(None))
            mine = (_C.mentor_id == person_id) | told
        if state is not None:
            mine &= _C.state == state
        order = (_C.proposed_at, _C.match_id)
        query = (
            sa.select(t.matches)
            .where(_C.programme_id == programme_id, mine, behind(order, after, latest_first=True))
            .order_by(*(column.desc() for column in order))
            .limit(limit)
        )
        return [match_of(row) for row in self._connection.execute(query)]

    def by_state(self, programme_id: str) -> Mapping[str, int]:
        """How many matches are in each state."""
        query = sa.select(_C.state, sa.func.count()).where(_C.programme_id == programme_id).group_by(_C.state)
        return dict(self._connection.execute(query).all())

    def known(self, match_ids: Sequence[str]) -> frozenset[str]:
        """Which of these ids there is (or was) a match of."""
        return frozenset(self._connection.scalars(sa.select(_C.match_id).where(_C.match_id.in_(match_ids))))

    def turned_down(self, programme_id: str) -> Sequence[Match]:
        """The last match of each mentee who waits because it came to nothing, where no round has looked since."""
        rounds, mine = t.rounds.c, t.matches.alias()  # an alias: who waits is asked of the other matches
        applied = sa.select(sa.func.max(rounds.opened_at)).where(
            rounds.programme_id == programme_id, rounds.state == "applied"
        )
        waits = (t.mentees.c.programme_id == programme_id) & t.mentees.c.looking & without_live_match()
        said_no = mine.c.end_cause.in_(["declined", "expired"])
        query = (
            sa.select(mine)
            .join(t.mentees, t.mentees.c.person_id == mine.c.mentee_id)
            .where(waits, said_no, mine.c.ended_at > applied.scalar_subquery())
            .order_by(mine.c.waiting_since, mine.c.mentee_id, mine.c.ended_at)
        )
        last = {row.mentee_id: row for row in self._connection.execute(query)}
        return [match_of(row) for row in last.values()]

    def add(self, offers: Sequence[Offer]) -> frozenset[str]:
        """Store new matches, each of another mentee; returns the ids of those whose mentee had no live one already."""
        if not offers:
            return frozenset()
        minor = self._rule(t.mentees.c.person_id, t.mentees.c.minor, [one.match.mentee_id for one in offers])
        cleared = self._rule(t.mentors.c.person_id, t.mentors.c.cleared, [one.match.mentor_id for one in offers])
        rows = [
            {
                "match_id": one.match.id,
                "mentee_id": one.match.mentee_id,
                "mentor_id": one.match.mentor_id,
                "mentee_minor": minor.get(one.match.mentee_id),
                "mentor_cleared": cleared.get(one.match.mentor_id),
                "score": one.score,
                "request_shape": one.request_shape,
                "parts": to_json(one.parts),
                **match_values(one.match),
            }
            for one in offers
        ]
        insert = conflict_insert(self._connection, t.matches).on_conflict_do_nothing().returning(_C.match_id)
        added = frozenset(self._connection.scalars(insert, rows))
        asked = [one.match.mentee_id for one in offers if one.match.id in added]
        told = t.mentees.update().where(t.mentees.c.person_id.in_(asked))
        self._connection.execute(told.values(tries=t.mentees.c.tries + 1, why=None, why_rules=None, why_round_id=None))
        return added

    def _rule(self, who: Column[str], rule: Column[bool], person_ids: Sequence[str]) -> dict[str, bool]:
        """What a rule of the tables reads of these people, which stays so until the transaction ends."""
        query = sa.select(who, rule).where(who.in_(person_ids)).order_by(who).with_for_update(read=True, key_share=True)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def save(self, before: Match, after: Match) -> Match:
        """Compare and set on (state, version); raises MatchMovedOn when someone else was faster."""
        saved = replace(after, version=before.version + 1)
        changed = self._connection.execute(
            t.matches.update()
            .where(_C.match_id == before.id, _C.state == before.state, _C.version == before.version)
            .values(match_values(saved))
        )
        if changed.rowcount != 1:
            raise moved_on(self.get(before.id), "Somebody else was faster: this match has moved on.")
        return saved

    def keep_note(self, match_id: str, note: str) -> None:
        """Keep a private note beside a decline; it is shown to nobody but an admin and never told."""
        self._connection.execute(t.matches.update().where(_C.match_id == match_id).values(note=note))

    def note(self, match_id: str) -> str | None:
        """The private note of a decline, for an admin."""
        return self._connection.scalars(sa.select(t.matches.c.note).where(_C.match_id == match_id)).one_or_none()

    def expect(self, person_ids: Sequence[str]) -> None:
        """Find out at once who is in a live match; those people are locked already, so nobody comes to be in one."""
        query = sa.select(_C.mentee_id, _C.mentor_id).where(
            _LIVE, _C.mentee_id.in_(person_ids) | _C.mentor_id.in_(person_ids)
        )
        engaged = {person_id for row in self._connection.execute(query) for person_id in row}
        self._free = frozenset(person_ids) - engaged

    def live_of(self, person_id: str) -> Sequence[Match]:
        """The live matches of a person on either side, locked, newest first."""
        if person_id in self._free:
            return []
        theirs = (_C.mentee_id == person_id) | (_C.mentor_id == person_id)
        query = sa.select(t.matches).where(theirs, _LIVE).order_by(_C.match_id).with_for_update()
        found = [match_of(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda match: (match.proposed_at, match.id), reverse=True)

    def overdue(self, limit: int) -> Sequence[str]:
        """Ids of matches whose time to answer is over."""
        query = sa.select(_C.match_id).where(_LIVE, _C.answer_by <= self._now).order_by(_C.answer_by, _C.match_id)
        return self._connection.scalars(query.limit(limit)).all()

    def to_remind(self, limit: int) -> Sequence[str]:
        """Ids of matches of which someone is to be reminded now."""
        due = (_C.remind_at <= self._now) & (_C.answer_by > self._now)
        query = sa.select(_C.match_id).where(_LIVE, due).order_by(_C.remind_at, _C.match_id)
        return self._connection.scalars(query.limit(limit)).all()

    def forget(self, person_id: str) -> None:
        """Take a person, the reasons and the notes out of their ended matches."""
        unsaid = {"reasons": None, "parts": None, "note": None}
        for person, rule in ((_C.mentee_id, _C.mentee_minor), (_C.mentor_id, _C.mentor_cleared)):
            gone = {person.name: None, rule.name: None, **unsaid}
            self._connection.execute(t.matches.update().where(person == person_id).values(gone))

    def outcomes(self, programme_id: str, last: int) -> Sequence[tuple[Sequence[Part], str]]:
        """The parts and the end of the last matches that were active and ended in a way that says something."""
        query = (
            sa.select(_C.parts, _C.end_cause)
            .where(_C.programme_id == programme_id, _C.active_at.is_not(None), _C.end_cause.in_(list(ENDED_WELL)))
            .where(_C.parts.is_not(None))
            .order_by(_C.ended_at.desc(), _C.match_id)
            .limit(last)
        )
        return [(parts_of(row.parts), row.end_cause) for row in self._connection.execute(query)]

    def shown(self, match_id: str) -> tuple[Sequence[Part], int]:
        """The parts of the score as they were when the match was proposed, and the score itself."""
        row = self._connection.execute(sa.select(_C.parts, _C.score).where(_C.match_id == match_id)).one()
        return parts_of(row.parts), row.score
