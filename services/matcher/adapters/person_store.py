"""Store people as profiles describes them: a batch is read by one statement and written by one per table."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.chassis.messages.codec import canonical_json
from services.chassis.storage.database import insert_of, upsert
from services.chassis.storage.held_rows import Held
from services.chassis.storage.unit_of_work import Transaction
from services.events.facts import MenteeFacts, MentorFacts
from services.matcher.adapters import tables as t
from services.matcher.adapters.rows import member_of
from services.matcher.domain.known_person import KnownPerson

_IDS: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
_MEMBERS = (
    sa.select(t.people, t.mentees.c.facts.label("mentee_facts"), t.mentors.c.facts.label("mentor_facts"))
    .outerjoin(t.mentees, t.mentees.c.person_id == t.people.c.person_id)
    .outerjoin(t.mentors, t.mentors.c.person_id == t.people.c.person_id)
    .where(t.people.c.person_id.in_(_IDS))
    .order_by(t.people.c.person_id)
)
_LOCKED = _MEMBERS.with_for_update(of=t.people)
_LOCK_SIDES = tuple(
    sa.select(table.c.person_id).where(table.c.person_id.in_(_IDS)).order_by(table.c.person_id).with_for_update()
    for table in (t.mentees, t.mentors)
)
_ONE: sa.BindParameter[str] = sa.bindparam("id")
_NO_MENTEE = (
    t.mentees.update().where(t.mentees.c.person_id == _ONE).values(facts=sa.null(), looking=sa.false(), why=sa.null())
)
_NO_MENTOR = t.mentors.update().where(t.mentors.c.person_id == _ONE).values(facts=sa.null(), askable=sa.false())


class MemberRows:
    """People that a transaction has read and locked, written at its end."""

    def __init__(self, tx: Transaction) -> None:
        self._connection = tx.connection
        self.held: Held[KnownPerson] = Held(self._write)
        tx.hold(self.held)

    def expect(self, person_ids: Sequence[str]) -> None:
        """Read and lock people with their mentee and mentor rows, so that no round uses rows about to change."""
        missing = self.held.missing(person_ids)
        if not missing:
            return
        people = {row.person_id: member_of(row) for row in self._connection.execute(_LOCKED, {"ids": missing})}
        for query in _LOCK_SIDES:
            self._connection.execute(query, {"ids": missing})
        for person_id in missing:
            self.held.learn(person_id, people.get(person_id))

    def member(self, person_id: str, *, lock: bool) -> KnownPerson | None:
        """Return a person, or None."""
        if not self.held.missing([person_id]):
            return self.held.get(person_id)
        row = self._connection.execute(_LOCKED if lock else _MEMBERS, {"ids": [person_id]}).first()
        person = member_of(row) if row is not None else None
        if lock:
            self.held.learn(person_id, person)
        return person

    def _write(self, changed: Mapping[str, KnownPerson]) -> None:
        """Store people; taken places, rests and tries stay as they are."""
        members = list(changed.values())
        upsert(self._connection, t.people, [_person_row(member) for member in members], kept=_KEPT)
        mentees = [_mentee_row(member, member.mentee) for member in members if member.mentee]
        upsert(self._connection, t.mentees, mentees, kept=_KEPT)
        mentors = [_mentor_row(member, member.mentor) for member in members if member.mentor]
        if mentors:
            self._connection.execute(_upsert_mentor(self._connection.dialect.name), mentors)
        for statement, gone in (
            (_NO_MENTEE, [member for member in members if member.mentee is None]),
            (_NO_MENTOR, [member for member in members if member.mentor is None]),
        ):
            if gone:
                self._connection.execute(statement, [{"id": member.person_id} for member in gone])


_KEPT = ("programme_id",)


def _person_row(member: KnownPerson) -> dict[str, Any]:
    return {
        "person_id": member.person_id,
        "programme_id": member.programme_id,
        "version": member.version,
        "locale": member.locale,
        "standing": member.standing,
        "paused_until": member.paused_until,
    }


def _mentee_row(member: KnownPerson, facts: MenteeFacts) -> dict[str, Any]:
    return {
        "person_id": member.person_id,
        "programme_id": member.programme_id,
        "facts": canonical_json(facts).decode(),
        "waiting_since": facts.waiting_since,
        "minor": facts.minor,
        "looking": member.standing == "here",
    }


def _mentor_row(member: KnownPerson, facts: MentorFacts) -> dict[str, Any]:
    return {
        "person_id": member.person_id,
        "programme_id": member.programme_id,
        "facts": canonical_json(facts).decode(),
        "cleared": facts.cleared_for_minors,
        "askable": member.standing == "here" and facts.approved,
        "trained_until": facts.trained_until,
        "capacity": facts.capacity,
        "ceiling": facts.capacity,
        "taken": 0,
    }


@cache
def _upsert_mentor(dialect: str) -> Any:
    """Return the upsert of mentors; a known mentor's ceiling follows their capacity, but not below the places taken."""
    insert = insert_of(dialect, t.mentors)
    new, old = insert.excluded, t.mentors.c
    ceiling = sa.case((old.taken > new.capacity, old.taken), else_=new.capacity)
    names = ("facts", "cleared", "askable", "trained_until", "capacity")
    return insert.on_conflict_do_update(
        index_elements=[old.person_id], set_={name: new[name] for name in names} | {"ceiling": ceiling}
    )
