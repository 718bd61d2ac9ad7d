"""Forgetting people in the database, and the one contact that is held back for a last mail."""

import sqlalchemy as sa

from services.notifications.adapters import rows
from services.notifications.adapters.people_store import PeopleRows
from services.notifications.adapters.tables import deliveries, farewells, preferences
from services.notifications.domain.delivery import State
from services.notifications.domain.person import Person

_NOBODY = {"person_id": None, "subject": None, "facts": None}


class FarewellRows(PeopleRows):
    """What erasing a person does here."""

    def forget(self, person_id: str) -> None:
        """Take a person out of everything: their deliveries become numbers, wishes and matches lose them."""
        self._tx.write_held()  # what was only just asked for is to be forgotten as well
        theirs = deliveries.c.person_id == person_id
        self.connection.execute(
            deliveries.update()
            .where(theirs, deliveries.c.settled_at.is_(None))
            .values(state=State.LAPSED, cause="forgotten", settled_at=self.now)
        )
        self.connection.execute(deliveries.update().where(theirs).values(**_NOBODY))
        self.connection.execute(preferences.delete().where(preferences.c.person_id == person_id))
        self._forget_in_matches(person_id)

    def hold_farewell(self, person: Person, delivery_id: str, version: int) -> None:
        """Keep an erased person's sealed contact for one last mail."""
        self._tx.write_held()  # the row of that mail is to be there before this one names it
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
        """Whom that last mail goes to, and the version of the erasure."""
        row = self.connection.execute(sa.select(farewells).where(farewells.c.delivery_id == delivery_id)).first()
        return (rows.farewell_from(row), row.version) if row else None

    def farewell_of(self, person_id: str) -> bool:
        """Whether a last mail to this person is still on its way."""
        found = sa.select(farewells.c.delivery_id).where(farewells.c.person_id == person_id)
        return self.connection.execute(found).first() is not None

    def end_farewell(self, delivery_id: str) -> None:
        """Forget that contact, and whose delivery it was."""
        self.connection.execute(farewells.delete().where(farewells.c.delivery_id == delivery_id))
        self.connection.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**_NOBODY))
