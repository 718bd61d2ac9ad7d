"""The two kinds of house that the stories live in: tables of a real database, and plain memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.messages.codec import decode
from services.chassis.messages.event import Event
from services.chassis.storage.job_queue import claim_jobs, finish_job
from services.chassis.storage.tables import TABLES
from services.chassis.storage.unit_of_work import UnitOfWork
from services.events.catalogue import BY_TYPE
from services.matcher.adapters.store import MatcherStore
from services.matcher.use_cases.steps.save_transition import RUN_ROUND
from tests.support.fakes import FixedClock


class TableDatabase:
    """The real store on a migrated database, by a clock that stands still."""

    def __init__(self, engine: sa.Engine, clock: FixedClock, uow: UnitOfWork[MatcherStore] | None = None) -> None:
        self.engine = engine
        self.clock = clock
        self.uow = uow or UnitOfWork(engine, MatcherStore, source="/matcher", read_now=clock.read)

    def begin(self, *, read_only: bool = False) -> AbstractContextManager[MatcherStore]:
        return self.uow.begin(read_only=read_only)

    def published(self) -> Sequence[Event]:
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(TABLES.outbox).order_by(TABLES.outbox.c.seq)).all()
        return [decode(BY_TYPE[dict(row.headers)["ce_type"]], row.value) for row in rows]

    def due_rounds(self) -> Sequence[str]:
        """Claim and finish what is due, as a worker does; the caller runs it."""
        found: list[str] = []
        while True:
            with self.engine.begin() as connection:
                claims = claim_jobs(connection, [RUN_ROUND], self.clock.now(), timedelta(seconds=30), most=1)
                if not claims:
                    return found
                finish_job(connection, claims[0])
                found.append(claims[0].key)
