"""People, their preferences and their matches in the database."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.database import for_update, insert_new, insert_or_skip, upsert
from services.chassis.storage.held_rows import Held
from services.chassis.storage.unit_of_work import StoreBase, Transaction
from services.notifications.adapters import rows
from services.notifications.adapters.tables import asked, matches, people, preferences
from services.notifications.domain.match import Match
from services.notifications.domain.person import Person
from services.notifications.domain.preferences import Preferences

_IDS: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
_PEOPLE = sa.select(people)
_MATCHES = sa.select(matches)
_PREFERENCES = sa.select(preferences).where(preferences.c.person_id == sa.bindparam("id"))
_PERSON = _PEOPLE.where(people.c.person_id == sa.bindparam("id"))
_MATCH = _MATCHES.where(matches.c.match_id == sa.bindparam("id"))
_LOCKED_PEOPLE = for_update(_PEOPLE.where(people.c.person_id.in_(_IDS)).order_by(people.c.person_id))
_SEVERAL_PEOPLE = _PEOPLE.where(people.c.person_id.in_(_IDS))
_SEVERAL_PREFERENCES = sa.select(preferences).where(preferences.c.person_id.in_(_IDS))
_SEVERAL_MATCHES = _MATCHES.where(matches.c.match_id.in_(_IDS))


class PeopleRows(StoreBase):
    """The people and matches.

    Both are held in memory once they were read for a change, and written together before the commit.
    """

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._people: Held[Person] = Held(self._write_people)
        self._matches: Held[Match] = Held(self._write_matches)
        tx.hold(self._people)
        tx.hold(self._matches)

    def person(self, person_id: str) -> Person | None:
        """Return a person or their tombstone; None for an unknown id."""
        if not self._people.missing([person_id]):
            return _if_known(self._people.get(person_id))
        row = self.connection.execute(_PERSON, {"id": person_id}).first()
        return _if_known(rows.person_from_row(row)) if row else None

    def erased_ids(self) -> Sequence[str]:
        """Return the ids of all people who were erased, in order."""
        return self.connection.scalars(sa.select(people.c.person_id).where(people.c.erased).order_by("person_id")).all()

    def people_of(self, person_ids: Set[str]) -> Mapping[str, Person]:
        """Return people by id, tombstones included; unknown ids are left out."""
        people_read = map(rows.person_from_row, self.connection.execute(_SEVERAL_PEOPLE, {"ids": list(person_ids)}))
        return {person.id: person for person in people_read if person.is_known}

    def lock_people(self, person_ids: Sequence[str], programme_id: str) -> None:
        """Lock people for this transaction, so that two events of one person never overwrite each other.

        An unknown person gets a blank row, since a missing row cannot be locked.
        """
        missing = self._people.missing(person_ids)
        if not missing:
            return
        blanks = [rows.person_row(Person(id=person_id, programme_id=programme_id)) for person_id in missing]
        insert_new(self.connection, people, blanks)
        for row in self.connection.execute(_LOCKED_PEOPLE, {"ids": missing}):
            self._people.learn(row.person_id, rows.person_from_row(row))

    def lock_person(self, person_id: str, programme_id: str) -> Person | None:
        """Lock and return a person or their tombstone; None for an unknown id."""
        self.lock_people([person_id], programme_id)
        return _if_known(self._people.get(person_id))

    def save_person(self, person: Person) -> None:
        """Store a locked person."""
        self._people.change(person.id, person)

    def match(self, match_id: str) -> Match | None:
        """Return a match; None when no event of it was handled."""
        if not self._matches.missing([match_id]):
            return self._matches.get(match_id)
        row = self.connection.execute(_MATCH, {"id": match_id}).first()
        return rows.match_from_row(row) if row else None

    def matches_of(self, match_ids: Set[str]) -> Mapping[str, Match]:
        """Return matches by id; unknown ids are left out."""
        return {row.match_id: rows.match_from_row(row) for row in self._several(list(match_ids))}

    def preferences_of(self, person_ids: Set[str]) -> Mapping[str, Preferences]:
        """Return the preferences of people by id; the defaults for those who never changed them."""
        stored = map(
            rows.preferences_from_row, self.connection.execute(_SEVERAL_PREFERENCES, {"ids": list(person_ids)})
        )
        defaults = {person_id: Preferences(person_id=person_id) for person_id in person_ids}
        return defaults | {preferences.person_id: preferences for preferences in stored}

    def prefetch_matches(self, match_ids: Sequence[str]) -> None:
        """Read several matches at once, before their events are handled."""
        missing = self._matches.missing(match_ids)
        if missing:
            stored = self.matches_of(set(missing))
            for match_id in missing:
                self._matches.learn(match_id, stored.get(match_id))

    def _several(self, match_ids: Sequence[str]) -> sa.CursorResult[Any]:
        return self.connection.execute(_SEVERAL_MATCHES, {"ids": match_ids})

    def save_match(self, match: Match) -> None:
        """Store a match."""
        self._matches.change(match.id, match)

    def _write_people(self, changed: Mapping[str, Person]) -> None:
        upsert(self.connection, people, [rows.person_row(person) for person in changed.values()])

    def _write_matches(self, changed: Mapping[str, Match]) -> None:
        new = [rows.match_row(match) | {"changed_at": self.now} for match in changed.values()]
        upsert(self.connection, matches, new)

    def preferences(self, person_id: str) -> Preferences:
        """Return a person's preferences; the defaults when they never changed them."""
        row = self.connection.execute(_PREFERENCES, {"id": person_id}).first()
        return rows.preferences_from_row(row) if row else Preferences(person_id=person_id)

    def save_preferences(self, changed: Preferences) -> bool:
        """Store preferences that follow the stored version; return False when that version has changed since."""
        values = {
            "version": changed.version,
            "helpful": changed.helpful,
            "pace": changed.pace,
            "quiet_hours": changed.quiet_hours,
        }
        if changed.version == 1:
            return insert_or_skip(self.connection, preferences, {"person_id": changed.person_id} | values)
        before = (preferences.c.person_id == changed.person_id) & (preferences.c.version == changed.version - 1)
        return self.connection.execute(preferences.update().where(before).values(**values)).rowcount == 1

    def record_first_request(self, programme_id: str, request_id: str) -> bool:
        """Record the request for all people of a programme; return False when there was one before."""
        values = {"programme_id": programme_id, "request_id": request_id, "at": self.now}
        return insert_or_skip(self.connection, asked, values)

    def _forget_in_matches(self, person_id: str) -> None:
        self._matches.write()
        for column in (matches.c.mentee_id, matches.c.mentor_id):
            self.connection.execute(matches.update().where(column == person_id).values({column.name: ""}))
        self._matches.forget()


def _if_known(person: Person | None) -> Person | None:
    return person if person and person.is_known else None
