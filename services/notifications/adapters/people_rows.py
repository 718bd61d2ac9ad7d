"""People, their wishes and their matches in the database."""

from typing import Any

import sqlalchemy as sa

from services.chassis.database import conflict_insert, for_update, insert_or_skip
from services.chassis.unit_of_work import StoreBase
from services.notifications.adapters import rows
from services.notifications.adapters.tables import asked, matches, people, preferences
from services.notifications.domain.match import Match
from services.notifications.domain.person import Person
from services.notifications.domain.preferences import Preferences


class PeopleRows(StoreBase):
    """What is known of people and between whom there is a match."""

    def person(self, person_id: str) -> Person | None:
        """A person, or their tombstone; None when nothing was heard of them."""
        return self._heard_of(sa.select(people).where(people.c.person_id == person_id))

    def hold_person(self, person_id: str, programme_id: str) -> Person | None:
        """The same, held for this transaction, so that two events of one person never overwrite each other.

        A blank row stands in for somebody unknown, since what is not there cannot be held.
        """
        blank = rows.person_row(Person(id=person_id, programme_id=programme_id))
        insert_or_skip(self.connection, people, blank)
        return self._heard_of(for_update(sa.select(people).where(people.c.person_id == person_id)))

    def _heard_of(self, query: sa.Select[Any]) -> Person | None:
        row = self.connection.execute(query).first()
        person = rows.person_from(row) if row else None
        return person if person and person.heard_of else None

    def save_person(self, person: Person) -> None:
        """Keep a person as they are now."""
        self._put(people, people.c.person_id, rows.person_row(person))

    def match(self, match_id: str) -> Match | None:
        """A match as heard."""
        row = self.connection.execute(sa.select(matches).where(matches.c.match_id == match_id)).first()
        return rows.match_from(row) if row else None

    def save_match(self, match: Match) -> None:
        """Keep a match as it is now."""
        self._put(matches, matches.c.match_id, rows.match_row(match) | {"changed_at": self.now})

    def preferences(self, person_id: str) -> Preferences:
        """A person's wishes; those everybody starts with when they never said any."""
        row = self.connection.execute(sa.select(preferences).where(preferences.c.person_id == person_id)).first()
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
        for column in (matches.c.mentee_id, matches.c.mentor_id):
            self.connection.execute(matches.update().where(column == person_id).values({column.name: ""}))

    def _put(self, table: sa.Table, key: sa.Column[Any], values: dict[str, Any]) -> None:
        insert = conflict_insert(self.connection, table).values(values)
        self.connection.execute(insert.on_conflict_do_update(index_elements=[key], set_=values))
