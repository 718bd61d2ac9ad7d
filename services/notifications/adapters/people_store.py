"""People, their wishes and their matches in the database."""

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
_SEVERAL_WISHES = sa.select(preferences).where(preferences.c.person_id.in_(_IDS))
_SEVERAL_MATCHES = _MATCHES.where(matches.c.match_id.in_(_IDS))


class PeopleRows(StoreBase):
    """What is known of people and between whom there is a match.

    Both are held in memory once they were read to be changed, and written together before the commit.
    """

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._people: Held[Person] = Held(self._write_people)
        self._matches: Held[Match] = Held(self._write_matches)
        tx.hold(self._people)
        tx.hold(self._matches)

    def person(self, person_id: str) -> Person | None:
        """A person, or their tombstone; None when nothing was heard of them."""
        if not self._people.missing([person_id]):
            return _heard_of(self._people.get(person_id))
        row = self.connection.execute(_PERSON, {"id": person_id}).first()
        return _heard_of(rows.person_from(row)) if row else None

    def people_of(self, person_ids: Set[str]) -> Mapping[str, Person]:
        """People by id, tombstones included, as far as anything was heard of them."""
        found = map(rows.person_from, self.connection.execute(_SEVERAL_PEOPLE, {"ids": list(person_ids)}))
        return {person.id: person for person in found if person.is_known}

    def hold_people(self, person_ids: Sequence[str], programme_id: str) -> None:
        """Hold people for this transaction, so that two events of one person never overwrite each other.

        A blank row stands in for somebody unknown, since what is not there cannot be held.
        """
        missing = self._people.missing(person_ids)
        if not missing:
            return
        blanks = [rows.person_row(Person(id=one, programme_id=programme_id)) for one in missing]
        insert_new(self.connection, people, blanks)
        for row in self.connection.execute(_LOCKED_PEOPLE, {"ids": missing}):
            self._people.learn(row.person_id, rows.person_from(row))

    def hold_person(self, person_id: str, programme_id: str) -> Person | None:
        """One person, held."""
        self.hold_people([person_id], programme_id)
        return _heard_of(self._people.get(person_id))

    def save_person(self, person: Person) -> None:
        """Keep a person, who is held, as they are now."""
        self._people.change(person.id, person)

    def match(self, match_id: str) -> Match | None:
        """A match as heard."""
        if not self._matches.missing([match_id]):
            return self._matches.get(match_id)
        row = self.connection.execute(_MATCH, {"id": match_id}).first()
        return rows.match_from(row) if row else None

    def matches_of(self, match_ids: Set[str]) -> Mapping[str, Match]:
        """Matches by id, as far as they are known."""
        return {row.match_id: rows.match_from(row) for row in self._several(list(match_ids))}

    def preferences_of(self, person_ids: Set[str]) -> Mapping[str, Preferences]:
        """The wishes of people by their ids; those everybody starts with when they never said any."""
        found = map(rows.preferences_from, self.connection.execute(_SEVERAL_WISHES, {"ids": list(person_ids)}))
        return {one: Preferences(person_id=one) for one in person_ids} | {wished.person_id: wished for wished in found}

    def expect_matches(self, match_ids: Sequence[str]) -> None:
        """Read matches at once, of which events are about to be heard."""
        missing = self._matches.missing(match_ids)
        if missing:
            found = self.matches_of(set(missing))
            for match_id in missing:
                self._matches.learn(match_id, found.get(match_id))

    def _several(self, match_ids: Sequence[str]) -> sa.CursorResult[Any]:
        return self.connection.execute(_SEVERAL_MATCHES, {"ids": match_ids})

    def save_match(self, match: Match) -> None:
        """Keep a match as it is now."""
        self._matches.change(match.id, match)

    def _write_people(self, changed: Mapping[str, Person]) -> None:
        upsert(self.connection, people, [rows.person_row(person) for person in changed.values()])

    def _write_matches(self, changed: Mapping[str, Match]) -> None:
        new = [rows.match_row(match) | {"changed_at": self.now} for match in changed.values()]
        upsert(self.connection, matches, new)

    def preferences(self, person_id: str) -> Preferences:
        """A person's wishes; those everybody starts with when they never said any."""
        row = self.connection.execute(_PREFERENCES, {"id": person_id}).first()
        return rows.preferences_from(row) if row else Preferences(person_id=person_id)

    def save_preferences(self, wished: Preferences) -> bool:
        """Keep wishes made from the version before; False when somebody changed them meanwhile."""
        values = {
            "version": wished.version,
            "helpful": wished.helpful,
            "pace": wished.pace,
            "quiet_hours": wished.quiet_hours,
        }
        if wished.version == 1:
            return insert_or_skip(self.connection, preferences, {"person_id": wished.person_id} | values)
        before = (preferences.c.person_id == wished.person_id) & (preferences.c.version == wished.version - 1)
        return self.connection.execute(preferences.update().where(before).values(**values)).rowcount == 1

    def first_time(self, programme_id: str, request_id: str) -> bool:
        """Whether this database never asked for everybody of a programme; from now on it has."""
        values = {"programme_id": programme_id, "request_id": request_id, "at": self.now}
        return insert_or_skip(self.connection, asked, values)

    def _forget_in_matches(self, person_id: str) -> None:
        self._matches.write()
        for column in (matches.c.mentee_id, matches.c.mentor_id):
            self.connection.execute(matches.update().where(column == person_id).values({column.name: ""}))
        self._matches.forget()


def _heard_of(person: Person | None) -> Person | None:
    return person if person and person.is_known else None
