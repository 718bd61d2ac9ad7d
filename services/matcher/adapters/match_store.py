"""Store matches in tables: every transition compares and sets on (state, version)."""

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
    """See ``ports.Matches``."""

    def __init__(self, tx: Transaction) -> None:
        self._now = tx.now
        self._connection = tx.connection
        self._free: frozenset[str] = frozenset()  # people known to be in no live match

    def get(self, match_id: str, *, lock: bool = False) -> Match:
        """Return the match; raise NotFound."""
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
        """List the matches that a person may see (None: all), the latest proposed first, after a position."""
        mine: sa.ColumnElement[bool] = sa.true()
        if person_id is not None:
            as_mentee = (_C.mentee_id == person_id) & (_LIVE | _C.accepted_at.is_not(None))
            mine = (_C.mentor_id == person_id) | as_mentee
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
        """Return the number of matches per state."""
        query = sa.select(_C.state, sa.func.count()).where(_C.programme_id == programme_id).group_by(_C.state)
        return dict(self._connection.execute(query).all())

    def known(self, match_ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids that have (or had) a match."""
        return frozenset(self._connection.scalars(sa.select(_C.match_id).where(_C.match_id.in_(match_ids))))

    def turned_down(self, programme_id: str) -> Sequence[Match]:
        """Return the last match of each mentee who waits since it was declined or expired, if no round ran since."""
        rounds, mine = t.rounds.c, t.matches.alias()  # an alias: the subquery for waiting mentees reads t.matches
        applied = sa.select(sa.func.max(rounds.opened_at)).where(
            rounds.programme_id == programme_id, rounds.state == "applied"
        )
        waits = (t.mentees.c.programme_id == programme_id) & t.mentees.c.looking & without_live_match()
        came_to_nothing = mine.c.end_cause.in_(["declined", "expired"])
        query = (
            sa.select(mine)
            .join(t.mentees, t.mentees.c.person_id == mine.c.mentee_id)
            .where(waits, came_to_nothing, mine.c.ended_at > applied.scalar_subquery())
            .order_by(mine.c.waiting_since, mine.c.mentee_id, mine.c.ended_at)
        )
        last = {row.mentee_id: row for row in self._connection.execute(query)}
        return [match_of(row) for row in last.values()]

    def add(self, offers: Sequence[Offer]) -> frozenset[str]:
        """Store new matches of different mentees; return the ids stored: mentees with a live match are left out."""
        if not offers:
            return frozenset()
        minor = self._rule(t.mentees.c.person_id, t.mentees.c.minor, [offer.match.mentee_id for offer in offers])
        cleared = self._rule(t.mentors.c.person_id, t.mentors.c.cleared, [offer.match.mentor_id for offer in offers])
        rows = [
            {
                "match_id": offer.match.id,
                "mentee_id": offer.match.mentee_id,
                "mentor_id": offer.match.mentor_id,
                "mentee_minor": minor.get(offer.match.mentee_id),
                "mentor_cleared": cleared.get(offer.match.mentor_id),
                "score": offer.score,
                "request_shape": offer.request_shape,
                "parts": to_json(offer.parts),
                **match_values(offer.match),
            }
            for offer in offers
        ]
        insert = conflict_insert(self._connection, t.matches).on_conflict_do_nothing().returning(_C.match_id)
        added = frozenset(self._connection.scalars(insert, rows))
        asked = [offer.match.mentee_id for offer in offers if offer.match.id in added]
        asked_mentees = t.mentees.update().where(t.mentees.c.person_id.in_(asked))
        self._connection.execute(
            asked_mentees.values(tries=t.mentees.c.tries + 1, why=None, why_rules=None, why_round_id=None)
        )
        return added

    def _rule(self, person: Column[str], rule: Column[bool], person_ids: Sequence[str]) -> dict[str, bool]:
        """Return a column that a table constraint reads, per person, locked until the transaction ends."""
        query = (
            sa.select(person, rule)
            .where(person.in_(person_ids))
            .order_by(person)
            .with_for_update(read=True, key_share=True)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def save(self, before: Match, after: Match) -> Match:
        """Compare and set on (state, version); raise MatchMovedOn when another transaction was faster."""
        saved = replace(after, version=before.version + 1)
        changed = self._connection.execute(
            t.matches.update()
            .where(_C.match_id == before.id, _C.state == before.state, _C.version == before.version)
            .values(match_values(saved))
        )
        if changed.rowcount != 1:
            raise moved_on(self.get(before.id), "Someone else was faster: this match has changed.")
        return saved

    def keep_note(self, match_id: str, note: str) -> None:
        """Store the private note of a decline; only admins see it, and no event contains it."""
        self._connection.execute(t.matches.update().where(_C.match_id == match_id).values(note=note))

    def note(self, match_id: str) -> str | None:
        """Return the private note of a decline, for an admin."""
        return self._connection.scalars(sa.select(t.matches.c.note).where(_C.match_id == match_id)).one_or_none()

    def expect(self, person_ids: Sequence[str]) -> None:
        """Read in one go who is in a live match; these people are locked already, so that cannot change meanwhile."""
        query = sa.select(_C.mentee_id, _C.mentor_id).where(
            _LIVE, _C.mentee_id.in_(person_ids) | _C.mentor_id.in_(person_ids)
        )
        engaged = {person_id for row in self._connection.execute(query) for person_id in row}
        self._free = frozenset(person_ids) - engaged

    def live_of(self, person_id: str) -> Sequence[Match]:
        """Return the live matches of a person on either side, locked, newest first."""
        if person_id in self._free:
            return []
        own = (_C.mentee_id == person_id) | (_C.mentor_id == person_id)
        query = sa.select(t.matches).where(own, _LIVE).order_by(_C.match_id).with_for_update()
        live = [match_of(row) for row in self._connection.execute(query)]
        return sorted(live, key=lambda match: (match.proposed_at, match.id), reverse=True)

    def overdue(self, limit: int) -> Sequence[str]:
        """Return ids of matches whose time to answer is over."""
        query = sa.select(_C.match_id).where(_LIVE, _C.answer_by <= self._now).order_by(_C.answer_by, _C.match_id)
        return self._connection.scalars(query.limit(limit)).all()

    def to_remind(self, limit: int) -> Sequence[str]:
        """Return ids of matches for which a reminder is due."""
        due = (_C.remind_at <= self._now) & (_C.answer_by > self._now)
        query = sa.select(_C.match_id).where(_LIVE, due).order_by(_C.remind_at, _C.match_id)
        return self._connection.scalars(query.limit(limit)).all()

    def forget(self, person_id: str) -> None:
        """Remove a person, the reasons and the notes from their ended matches."""
        no_content = {"reasons": None, "parts": None, "note": None}
        for person, rule in ((_C.mentee_id, _C.mentee_minor), (_C.mentor_id, _C.mentor_cleared)):
            gone = {person.name: None, rule.name: None, **no_content}
            self._connection.execute(t.matches.update().where(person == person_id).values(gone))

    def outcomes(self, programme_id: str, last: int) -> Sequence[tuple[Sequence[Part], str]]:
        """Return score parts and end cause of the last active matches whose end says how well the pair fitted."""
        query = (
            sa.select(_C.parts, _C.end_cause)
            .where(_C.programme_id == programme_id, _C.active_at.is_not(None), _C.end_cause.in_(list(ENDED_WELL)))
            .where(_C.parts.is_not(None))
            .order_by(_C.ended_at.desc(), _C.match_id)
            .limit(last)
        )
        return [(parts_of(row.parts), row.end_cause) for row in self._connection.execute(query)]

    def shown(self, match_id: str) -> tuple[Sequence[Part], int]:
        """Return the parts of the score and the score, as of the proposal."""
        row = self._connection.execute(sa.select(_C.parts, _C.score).where(_C.match_id == match_id)).one()
        return parts_of(row.parts), row.score
