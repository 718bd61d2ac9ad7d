"""Store the pool in tables: the people that the matcher knows."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.messages.codec import decode
from services.chassis.storage.database import insert_or_skip
from services.chassis.storage.unit_of_work import Transaction
from services.events.facts import MenteeFacts, MentorFacts
from services.matcher.adapters import tables as t
from services.matcher.adapters.pair_rule_store import blocked_for
from services.matcher.adapters.person_store import MemberRows
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.known_person import KnownPerson

_LONGEST_TRANSACTION = timedelta(minutes=5)  # an erasure is dated when its transaction begins, and seen when it ends
# The columns that the engine reads, and no more.
MENTEE = (t.mentees.c.person_id, t.mentees.c.programme_id, t.mentees.c.facts, t.mentees.c.tries)
MENTOR = tuple(
    t.mentors.c[name]
    for name in ("person_id", "programme_id", "facts", "taken", "askable", "resting_until", "trained_until")
)


class PoolStore:
    """See ``ports.Pool``."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._connection = tx.connection
        self._members = MemberRows(tx)
        self._forgotten: dict[str, bool] = {}

    def expect(self, person_ids: Sequence[str]) -> None:
        """Read in one go the stored people, and which of them were erased."""
        self._members.expect(person_ids)
        hashes = {_hash(person_id): person_id for person_id in person_ids}
        query = sa.select(t.forgotten.c.person_hash).where(t.forgotten.c.person_hash.in_(list(hashes)))
        erased = {hashes[row] for row in self._connection.scalars(query)}
        self._forgotten |= {person_id: person_id in erased for person_id in person_ids}

    def member(self, person_id: str, *, lock: bool = False) -> KnownPerson | None:
        """Return the person, or None."""
        return self._members.member(person_id, lock=lock)

    def keep(self, member: KnownPerson) -> None:
        """Store a person before the commit; taken places, rests and tries stay as they are."""
        self._members.held.change(member.person_id, member)

    def as_mentees(self, person_ids: Sequence[str]) -> Mapping[str, Mentee]:
        """Return those of these people who wait now, as a round sees them, locked until the transaction ends."""
        live = sa.exists().where(t.matches.c.mentee_id == t.mentees.c.person_id, t.matches.c.state != "ended")
        query = (
            sa.select(*MENTEE)
            .where(t.mentees.c.person_id.in_(person_ids), t.mentees.c.looking, ~live)
            .order_by(t.mentees.c.person_id)
            .with_for_update(of=t.mentees)
        )
        rows = self._connection.execute(query).all()
        apart: dict[str, set[str]] = defaultdict(set)
        pairs = sa.select(t.apart.c.mentee_id, t.apart.c.mentor_id).where(t.apart.c.mentee_id.in_(person_ids))
        for pair in self._connection.execute(pairs):
            apart[pair.mentee_id].add(pair.mentor_id)
        for blocked in blocked_for(self._connection, person_ids):
            apart[blocked.mentee_id].add(blocked.mentor_id)
        return {row.person_id: mentee_of(row, frozenset(apart[row.person_id])) for row in rows}

    def as_mentors(self, person_ids: Sequence[str]) -> Mapping[str, Mentor]:
        """Return those of these people who are mentors, as a round sees them, locked until the transaction ends."""
        known = t.mentors.c.person_id.in_(person_ids) & t.mentors.c.facts.is_not(None)
        query = sa.select(*MENTOR).where(known).order_by(t.mentors.c.person_id).with_for_update(of=t.mentors)
        rows = self._connection.execute(query).all()
        shapes = shapes_taken(self._connection, t.matches.c.mentor_id.in_(person_ids))
        return {row.person_id: mentor_of(row, self._tx.now, shapes.get(row.person_id, ())) for row in rows}

    def forget(self, person_id: str, version: int) -> None:
        """Delete everything about a person; remember only that later events about them are ignored."""
        self._members.held.write()
        self._members.held.forget()
        self._forgotten[person_id] = True
        for column in (t.apart.c.mentee_id, t.apart.c.mentor_id):
            self._connection.execute(t.apart.delete().where(column == person_id))
        for table in (t.mentees, t.mentors, t.people):
            self._connection.execute(table.delete().where(table.c.person_id == person_id))
        insert_or_skip(
            self._connection, t.forgotten, {"person_hash": _hash(person_id), "version": version, "at": self._tx.now}
        )

    def is_forgotten(self, person_id: str) -> bool:
        """Return whether the person was erased."""
        if person_id in self._forgotten:
            return self._forgotten[person_id]
        query = sa.select(t.forgotten.c.at).where(t.forgotten.c.person_hash == _hash(person_id))
        return self._connection.execute(query).first() is not None

    def any_forgotten(self, person_ids: Sequence[str], since: datetime) -> bool:
        """Whether one of these people was erased after a moment, or shortly before it."""
        query = sa.select(t.forgotten.c.person_hash).where(t.forgotten.c.at > since - _LONGEST_TRANSACTION)
        recent = set(self._connection.scalars(query))
        return bool(recent) and not recent.isdisjoint(map(_hash, person_ids))

    def keep_apart(self, mentee_id: str, mentor_id: str, cause: str) -> None:
        """Never propose these two to each other again."""
        values = {"mentee_id": mentee_id, "mentor_id": mentor_id, "cause": cause, "since": self._tx.now}
        insert_or_skip(self._connection, t.apart, values)

    def first_request(self, programme_id: str) -> bool:
        """Return whether a replay of people is still to be requested; True once per database and programme."""
        insert_or_skip(self._connection, t.programmes, {"programme_id": programme_id})
        first = t.programmes.update().where(
            t.programmes.c.programme_id == programme_id, t.programmes.c.people_wanted_at.is_(None)
        )
        return self._connection.execute(first.values(people_wanted_at=self._tx.now)).rowcount == 1


def mentee_of(row: sa.Row[*tuple[Any, ...]], apart: frozenset[str], held: str | None = None) -> Mentee:
    """Return a mentee for the engine, from their row."""
    return Mentee(
        id=row.person_id,
        programme=row.programme_id,
        facts=decode(MenteeFacts, row.facts),
        excluded=apart,
        tries=row.tries,
        held=held,
    )


def mentor_of(row: sa.Row[*tuple[Any, ...]], now: datetime, shapes: tuple[str, ...] = ()) -> Mentor:
    """Return a mentor for the engine, from their row; paused when they cannot be asked now."""
    return Mentor(
        id=row.person_id,
        programme=row.programme_id,
        facts=decode(MentorFacts, row.facts),
        taken=row.taken,
        shapes_taken=shapes,
        paused=is_paused(now, row.askable, row.resting_until, row.trained_until),
    )


def is_paused(now: datetime, askable: bool, resting_until: datetime | None, trained_until: date | None) -> bool:
    """Return whether a mentor may not be asked at a moment."""
    resting = resting_until is not None and resting_until > now
    untrained = trained_until is not None and trained_until < now.date()
    return resting or untrained or not askable


def shapes_taken(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Mapping[str, tuple[str, ...]]:
    """Return the request shapes of live matches, by mentor, as far as they are stored."""
    c = t.matches.c
    query = sa.select(c.mentor_id, c.request_shape).where(which, c.state != "ended", c.request_shape.is_not(None))
    by_mentor: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        by_mentor[row.mentor_id].append(row.request_shape)
    return {mentor_id: tuple(sorted(shapes)) for mentor_id, shapes in by_mentor.items()}


def _hash(person_id: str) -> str:
    return hashlib.sha256(person_id.encode()).hexdigest()
