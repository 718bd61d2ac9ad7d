"""Erase people in the database, and store the contact that their last mail needs."""

import sqlalchemy as sa

from services.notifications.adapters import rows
from services.notifications.adapters.people_store import PeopleRows
from services.notifications.adapters.tables import deliveries, farewells, preferences
from services.notifications.domain.delivery import State
from services.notifications.domain.person import Person

_ANONYMOUS = {"person_id": None, "subject": None, "facts": None}


class FarewellRows(PeopleRows):
    """The erasure of people, and the contacts of their last mails."""

    def forget(self, person_id: str) -> None:
        """Delete a person's preferences, and remove their id from deliveries and matches."""
        self._tx.write_cached()  # so that rows of this transaction are erased as well
        of_person = deliveries.c.person_id == person_id
        self.connection.execute(
            deliveries.update()
            .where(of_person, deliveries.c.settled_at.is_(None))
            .values(state=State.LAPSED, cause="forgotten", settled_at=self.now)
        )
        self.connection.execute(deliveries.update().where(of_person).values(**_ANONYMOUS))
        self.connection.execute(preferences.delete().where(preferences.c.person_id == person_id))
        self._forget_in_matches(person_id)

    def store_farewell(self, person: Person, delivery_id: str, version: int) -> None:
        """Store an erased person's sealed contact for one last mail."""
        self._tx.write_cached()  # the delivery's row must exist before this one refers to it
        self.connection.execute(
            farewells.insert().values(
                delivery_id=delivery_id,
                person_id=person.id,
                programme_id=person.programme_id,
                version=version,
                locale=person.locale,
                time_zone=person.time_zone,
                sealed=person.sealed,
            )
        )

    def farewell(self, delivery_id: str) -> tuple[Person, int] | None:
        """Return the recipient of a last mail and the version of the erasure; None when there is none."""
        row = self.connection.execute(sa.select(farewells).where(farewells.c.delivery_id == delivery_id)).first()
        return (rows.farewell_from_row(row), row.version) if row else None

    def has_farewell(self, person_id: str) -> bool:
        """Return whether a last mail to this person is still pending."""
        query = sa.select(farewells.c.delivery_id).where(farewells.c.person_id == person_id)
        return self.connection.execute(query).first() is not None

    def end_farewell(self, delivery_id: str) -> None:
        """Delete the contact of a last mail, and the recipient of its delivery."""
        self.connection.execute(farewells.delete().where(farewells.c.delivery_id == delivery_id))
        self.connection.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**_ANONYMOUS))
