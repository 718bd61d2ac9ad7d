"""The people of a programme, as rows of ``people``."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.chassis.core.errors import Stale
from services.profiles.adapters.rows import PersonCipher, person_from_row, person_row
from services.profiles.adapters.tables import people
from services.profiles.domain.person import Person
from services.profiles.domain.refusals import address_known

_ID_BY_EMAIL = sa.select(people.c.id).where(
    people.c.programme_id == sa.bindparam("programme"),
    people.c.email_index.in_(sa.bindparam("indexes", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class Reindexed:
    """A step of re-indexing: the last id, None after the last person; the number of changed rows; ids left as they are.

    A person is left whose address another person of the programme has as well.
    """

    last_id: str | None
    changed: int
    doubled: tuple[str, ...]


class PeopleRows:
    """Implements the port ``People``."""

    def __init__(self, connection: sa.Connection, cipher: PersonCipher) -> None:
        self._connection = connection
        self._cipher = cipher
        self._exists: dict[str, bool] = {}  # ids looked up in this transaction, and whether they exist

    def add(self, person: Person) -> None:
        """Store a new person; a unique constraint ensures that an address occurs once in a programme."""
        self._exists.clear()
        self._refuse_known(person)
        try:
            self._connection.execute(people.insert(), person_row(person, self._cipher))
        except sa.exc.IntegrityError as error:
            raise address_known() from error

    def get(self, person_id: str, *, to_change: bool = False) -> Person | None:
        """Return a person; ``to_change`` locks the row until the transaction ends."""
        query = sa.select(people).where(people.c.id == person_id)
        if to_change:
            query = query.with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else person_from_row(row, self._cipher)

    def all_exist(self, person_ids: Set[str]) -> bool:
        """Return whether all of these people are in a programme, without decrypting any field."""
        unknown = list(person_ids - self._exists.keys())
        if unknown:
            existing = set(self._connection.scalars(sa.select(people.c.id).where(people.c.id.in_(unknown))))
            self._exists |= {person_id: person_id in existing for person_id in unknown}
        return all(self._exists[person_id] for person_id in person_ids)

    def save(self, person: Person, was: int) -> None:
        """Store a changed person; raise Stale unless the stored version is still ``was``."""
        self._refuse_known(person)
        change = sa.update(people).where(people.c.id == person.id, people.c.version == was)
        try:
            updated = self._connection.execute(change.values(person_row(person, self._cipher)))
        except sa.exc.IntegrityError as error:
            raise address_known() from error
        if updated.rowcount != 1:
            raise Stale("changed_meanwhile", "This was changed meanwhile. Please read it again and repeat the change.")

    def id_by_email(self, programme_id: str, email: str) -> str | None:
        """Return the id of the person with this address, by its blind index; None when there is none."""
        parameters = {"programme": programme_id, "indexes": self._cipher.indexes(email)}
        return self._connection.execute(_ID_BY_EMAIL, parameters).scalars().first()

    def reindex(self, after_id: str, limit: int) -> Reindexed:
        """Store the current blind index for up to ``limit`` people whose ids follow ``after_id``."""
        query = sa.select(people.c.id, people.c.email, people.c.email_index).where(people.c.id > after_id)
        rows = self._connection.execute(query.order_by(people.c.id).limit(limit).with_for_update()).all()
        indexes = {row.id: self._cipher.index(self._cipher.open(row.email, "email", row.id) or "") for row in rows}
        old = [row.id for row in rows if row.email_index != indexes[row.id]]
        doubled = tuple(person_id for person_id in old if not self._store_index(person_id, indexes[person_id]))
        return Reindexed(rows[-1].id if rows else None, len(old) - len(doubled), doubled)

    def _store_index(self, person_id: str, index: str) -> bool:
        """Store a blind index; return False when another person of the programme has it already."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(sa.update(people).where(people.c.id == person_id).values(email_index=index))
        except sa.exc.IntegrityError:
            return False
        return True

    def _refuse_known(self, person: Person) -> None:
        """Raise the refusal of the unique constraint for an address that is stored with another key."""
        if len(self._cipher.indexes(person.contact.email)) == 1:
            return
        if self.id_by_email(person.programme_id, person.contact.email) not in {None, person.id}:
            raise address_known()

    def forget(self, person_id: str) -> None:
        """Delete the person; foreign keys delete their consents, sign-in requests and introductions."""
        self._exists.clear()
        self._connection.execute(sa.delete(people).where(people.c.id == person_id))

    def raise_versions(self, by: int) -> int:
        """Raise the version of every person; return how many people there are."""
        return self._connection.execute(sa.update(people).values(version=people.c.version + by)).rowcount

    def after(self, programme_id: str, last_id: str, limit: int) -> Sequence[Person]:
        """Return people in the order of their ids."""
        query = (
            sa.select(people)
            .where(people.c.programme_id == programme_id, people.c.id > last_id)
            .order_by(people.c.id)
            .limit(limit)
        )
        return [person_from_row(row, self._cipher) for row in self._connection.execute(query).mappings()]

    def mentors(
        self, programme_id: str, status: str | None, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Person]:
        """Return mentors, oldest application first."""
        query = sa.select(people).where(people.c.programme_id == programme_id)
        if status is None:
            query = query.where(people.c.mentor_status.is_not(None))
        else:
            query = query.where(people.c.mentor_status == status)
        if after is not None:
            at, last_id = after
            beyond = sa.and_(people.c.applied_at == at, people.c.id > last_id)
            query = query.where(sa.or_(people.c.applied_at > at, beyond))
        query = query.order_by(people.c.applied_at, people.c.id).limit(limit)
        return [person_from_row(row, self._cipher) for row in self._connection.execute(query).mappings()]
