"""The pool in tables: everybody the matcher knows."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.database import conflict_insert, insert_or_skip
from services.chassis.unit_of_work import Transaction
from services.events.facts import MentorFacts
from services.matcher.adapters import tables as t
from services.matcher.adapters.facts_read import Facts
from services.matcher.adapters.pairs_store import blocked_for
from services.matcher.adapters.rows import member_of, text_of
from services.matcher.domain.member import Member
from services.matcher.domain.people import Mentee, Mentor

_MEMBERS = (
    sa.select(t.people, t.mentees.c.facts.label("mentee_facts"), t.mentors.c.facts.label("mentor_facts"))
    .outerjoin(t.mentees, t.mentees.c.person_id == t.people.c.person_id)
    .outerjoin(t.mentors, t.mentors.c.person_id == t.people.c.person_id)
)
# What the engine is told of people, and no more.
MENTEE = (t.mentees.c.person_id, t.mentees.c.programme_id, t.mentees.c.facts, t.mentees.c.tries)
MENTOR = tuple(
    t.mentors.c[name]
    for name in ("person_id", "programme_id", "facts", "taken", "askable", "resting_until", "trained_until")
)


class PoolStore:
    """See `ports.Pool`."""

    def __init__(self, tx: Transaction, facts: Facts) -> None:
        self._tx = tx
        self._facts = facts
        self._connection = tx.connection

    def member(self, person_id: str, *, lock: bool = False) -> Member | None:
        """The person, or None."""
        query = _MEMBERS.where(t.people.c.person_id == person_id)
        row = self._connection.execute(query.with_for_update(of=t.people) if lock else query).first()
        return member_of(row) if row is not None else None

    def keep(self, member: Member) -> None:
        """Store a person whole; the places taken, rests and tries stay as they are."""
        common = {"person_id": member.person_id, "programme_id": member.programme_id}
        here = member.standing == "here"
        self._upsert(
            t.people,
            common
            | {
                "version": member.version,
                "locale": member.locale,
                "standing": member.standing,
                "paused_until": member.paused_until,
            },
        )
        if member.mentee is not None:
            self._upsert(
                t.mentees,
                common
                | {
                    "facts": text_of(member.mentee),
                    "waiting_since": member.mentee.waiting_since,
                    "minor": member.mentee.minor,
                    "looking": here,
                },
            )
        else:
            self._no_more(t.mentees, member.person_id, {"facts": None, "looking": False, "why": None})
        if member.mentor is not None:
            self._keep_mentor(common, member.mentor, here=here)
        else:
            self._no_more(t.mentors, member.person_id, {"facts": None, "askable": False})

    def _keep_mentor(self, common: dict[str, Any], facts: MentorFacts, *, here: bool) -> None:
        insert = conflict_insert(self._connection, t.mentors).values(
            **common,
            facts=text_of(facts),
            cleared=facts.cleared_for_minors,
            askable=here and facts.approved,
            trained_until=facts.trained_until,
            capacity=facts.capacity,
            ceiling=facts.capacity,
            taken=0,
        )
        new, old = insert.excluded, t.mentors.c
        ceiling = sa.case((old.taken > new.capacity, old.taken), else_=new.capacity)
        names = ("facts", "cleared", "askable", "trained_until", "capacity")
        self._connection.execute(
            insert.on_conflict_do_update(
                index_elements=[old.person_id], set_={name: new[name] for name in names} | {"ceiling": ceiling}
            )
        )

    def _upsert(self, table: sa.Table, values: dict[str, Any]) -> None:
        insert = conflict_insert(self._connection, table).values(values)
        changed = {name: insert.excluded[name] for name in values if name not in ("person_id", "programme_id")}
        self._connection.execute(insert.on_conflict_do_update(index_elements=[table.c.person_id], set_=changed))

    def _no_more(self, table: sa.Table, person_id: str, values: dict[str, Any]) -> None:
        self._connection.execute(table.update().where(table.c.person_id == person_id).values(values))

    def as_mentees(self, person_ids: Sequence[str]) -> Mapping[str, Mentee]:
        """Those who wait now, as a round sees them, locked until the transaction ends; the others are left out."""
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
        return {row.person_id: mentee_of(row, self._facts, frozenset(apart[row.person_id])) for row in rows}

    def as_mentors(self, person_ids: Sequence[str]) -> Mapping[str, Mentor]:
        """The mentors as a round sees them, locked until the transaction ends; the others are left out."""
        known = t.mentors.c.person_id.in_(person_ids) & t.mentors.c.facts.is_not(None)
        query = sa.select(*MENTOR).where(known).order_by(t.mentors.c.person_id).with_for_update(of=t.mentors)
        rows = self._connection.execute(query).all()
        shapes = shapes_taken(self._connection, t.matches.c.mentor_id.in_(person_ids))
        return {row.person_id: mentor_of(row, self._facts, self._tx.now, shapes.get(row.person_id, ())) for row in rows}

    def forget(self, person_id: str, version: int) -> None:
        """Remove everything about a person and remember only that nothing of them is to be taken in again."""
        for column in (t.apart.c.mentee_id, t.apart.c.mentor_id):
            self._connection.execute(t.apart.delete().where(column == person_id))
        for table in (t.mentees, t.mentors, t.people):
            self._connection.execute(table.delete().where(table.c.person_id == person_id))
        insert_or_skip(
            self._connection, t.forgotten, {"person_hash": _hash(person_id), "version": version, "at": self._tx.now}
        )

    def is_forgotten(self, person_id: str) -> bool:
        """Whether the person was erased."""
        query = sa.select(t.forgotten.c.at).where(t.forgotten.c.person_hash == _hash(person_id))
        return self._connection.execute(query).first() is not None

    def keep_apart(self, mentee_id: str, mentor_id: str, cause: str) -> None:
        """Never propose these two to each other again."""
        values = {"mentee_id": mentee_id, "mentor_id": mentor_id, "cause": cause, "since": self._tx.now}
        insert_or_skip(self._connection, t.apart, values)

    def first_request(self, programme_id: str) -> bool:
        """Whether nobody asked profiles yet to say everybody again; True once per database and programme."""
        insert_or_skip(self._connection, t.programmes, {"programme_id": programme_id})
        asked = t.programmes.update().where(
            t.programmes.c.programme_id == programme_id, t.programmes.c.people_wanted_at.is_(None)
        )
        return self._connection.execute(asked.values(people_wanted_at=self._tx.now)).rowcount == 1


def mentee_of(row: sa.Row[*tuple[Any, ...]], facts: Facts, apart: frozenset[str], held: str | None = None) -> Mentee:
    """A mentee for the engine, from their row."""
    return Mentee(
        id=row.person_id,
        programme=row.programme_id,
        facts=facts.mentee(row.facts),
        excluded=apart,
        tries=row.tries,
        held=held,
    )


def mentor_of(row: sa.Row[*tuple[Any, ...]], facts: Facts, now: datetime, shapes: tuple[str, ...] = ()) -> Mentor:
    """A mentor for the engine, from their row; whoever cannot be asked now is paused there."""
    return Mentor(
        id=row.person_id,
        programme=row.programme_id,
        facts=facts.mentor(row.facts),
        taken=row.taken,
        shapes_taken=shapes,
        paused=is_paused(now, row.askable, row.resting_until, row.trained_until),
    )


def is_paused(now: datetime, askable: bool, resting_until: datetime | None, trained_until: date | None) -> bool:
    """Whether a mentor is not to be asked at a moment."""
    resting = resting_until is not None and resting_until > now
    untrained = trained_until is not None and trained_until < now.date()
    return resting or untrained or not askable


def shapes_taken(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Mapping[str, tuple[str, ...]]:
    """The request shapes of live matches, by mentor, as far as they were noted."""
    c = t.matches.c
    query = sa.select(c.mentor_id, c.request_shape).where(which, c.state != "ended", c.request_shape.is_not(None))
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.mentor_id].append(row.request_shape)
    return {mentor_id: tuple(sorted(shapes)) for mentor_id, shapes in found.items()}


def _hash(person_id: str) -> str:
    return hashlib.sha256(person_id.encode()).hexdigest()
