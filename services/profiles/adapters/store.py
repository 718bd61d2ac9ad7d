"""The store of profiles: one object per port, all within one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.unit_of_work import StoreBase, Transaction
from services.profiles.adapters.people_store import PeopleRows
from services.profiles.adapters.rows import PersonCipher
from services.profiles.adapters.session_store import ApiKeyRows, SessionRows
from services.profiles.adapters.tables import CHASSIS
from services.profiles.adapters.trace_store import IntroductionRows, LedgerRows, SignInRows, TombstoneRows, WaitRows


class Store(StoreBase):
    """Implements the port ``Store`` on SQLite and PostgreSQL alike."""

    def __init__(self, tx: Transaction, cipher: PersonCipher) -> None:
        super().__init__(tx)
        self.people = PeopleRows(tx.connection, cipher)
        self.ledger = LedgerRows(tx.connection)
        self.tombstones = TombstoneRows(tx.connection)
        self.sign_ins = SignInRows(tx.connection, tx.now)
        self.sessions = SessionRows(tx.connection, tx.now)
        self.api_keys = ApiKeyRows(tx.connection)
        self.introductions = IntroductionRows(tx)
        self.waits = WaitRows(tx)

    def audited(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """Return the audit records of an id: time, action, actor and reason."""
        audit = CHASSIS.audit
        query = sa.select(audit.c.at, audit.c.action, audit.c.by, audit.c.reason)
        rows = self.connection.execute(query.where(audit.c.subject == subject).order_by(audit.c.seq)).mappings()
        return [dict(row) for row in rows]
