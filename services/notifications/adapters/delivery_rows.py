"""Deliveries and their attempts in the database."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.chassis.database import for_update, insert_of
from services.chassis.held import Held
from services.chassis.unit_of_work import StoreBase, Transaction
from services.notifications.adapters import rows
from services.notifications.adapters.tables import attempts, chassis, deliveries
from services.notifications.domain.delivery import Delivery, Ending, State
from services.notifications.domain.match import MatchState
from services.notifications.ports import DELIVER

_OPEN = (State.QUEUED, State.SENDING)
_D = deliveries.c

_TRIES = sa.select(sa.func.count()).where(attempts.c.delivery_id == _D.id).scalar_subquery().label("tries")
_UNCLEAR = (
    sa.select(sa.func.count())
    .where(attempts.c.delivery_id == _D.id, attempts.c.ending == Ending.UNCLEAR)
    .scalar_subquery()
    .label("unclear")
)
_SENDING_SINCE = (
    sa.select(sa.func.max(attempts.c.begun_at, type_=attempts.c.begun_at.type))
    .where(attempts.c.delivery_id == _D.id, attempts.c.ending.is_(None))
    .scalar_subquery()
    .label("sending_since")
)
WITH_ATTEMPTS = sa.select(deliveries, _TRIES, _SENDING_SINCE)
WITH_COUNTS = sa.select(deliveries, _TRIES, _UNCLEAR)


_DELIVERY = WITH_ATTEMPTS.where(_D.id == sa.bindparam("id"))
_LOCKED = for_update(sa.select(_D.id).where(_D.id == sa.bindparam("id")))
_LAPSE = (
    deliveries.update()
    .where(
        _D.subject == sa.bindparam("match"),
        _D.state.in_([State.QUEUED, State.WAITING_FOR_CONTACT]),
        _D.needs.is_not(None),
        _D.needs != sa.bindparam("unless"),
    )
    .values(state=State.LAPSED, cause="match_moved_on", settled_at=sa.bindparam("at"), facts=None)
)
_RELEASE = (
    deliveries.update()
    .where(_D.person_id.in_(sa.bindparam("people", expanding=True)), _D.state == State.WAITING_FOR_CONTACT)
    .values(state=State.QUEUED)
    .returning(_D.id)
)


@cache
def _add(dialect: str) -> Any:
    insert = insert_of(dialect, deliveries)
    return insert.on_conflict_do_nothing(index_elements=[_D.person_id, _D.kind, _D.subject, _D.sequence]).returning(
        _D.id, _D.state
    )


class DeliveryRows(StoreBase):
    """Messages on their way.

    What events call for is collected, and done at once before the commit: new messages are kept, those of people whose
    contact came are queued, those whose match moved on are put aside. That order gives what doing it event by event
    would: a match never goes back, and who can be reached stays so.
    """

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._new: Held[Delivery] = Held(self._write_new)
        self._reachable: Held[bool] = Held(self._write_reachable)
        self._moved: Held[MatchState] = Held(self._write_moved)
        for held in (self._new, self._reachable, self._moved):
            tx.hold(held)

    def add_delivery(self, delivery: Delivery) -> None:
        """Keep a new delivery, and ask for its job, unless this (recipient, kind, subject, sequence) is there."""
        self._new.change(delivery.id, delivery)

    def release(self, person_id: str) -> None:
        """Queue what waited for this person's contact."""
        self._reachable.change(person_id, True)

    def lapse(self, match_id: str, unless: MatchState) -> None:
        """Put aside what a match no longer gives a reason for. One just being sent is left to its attempt."""
        self._moved.change(match_id, unless)

    def _write_new(self, new: Mapping[str, Delivery]) -> None:
        found = [rows.delivery_row(delivery) for delivery in new.values()]
        for row in self.connection.execute(_add(self.connection.dialect.name), found):
            if row.state == State.QUEUED:
                self.enqueue(DELIVER, row.id)

    def _write_reachable(self, people: Mapping[str, bool]) -> None:
        for row in self.connection.execute(_RELEASE, {"people": list(people)}):
            self.enqueue(DELIVER, row.id)

    def _write_moved(self, moved: Mapping[str, MatchState]) -> None:
        told = [{"match": match, "unless": state, "at": self.now} for match, state in moved.items()]
        self.connection.execute(_LAPSE, told)

    def delivery(self, delivery_id: str) -> Delivery | None:
        """A delivery, held for this transaction."""
        self.connection.execute(_LOCKED, {"id": delivery_id})
        row = self.connection.execute(_DELIVERY, {"id": delivery_id}).first()
        return rows.delivery_from(row) if row else None

    def begin_attempt(self, delivery: Delivery) -> int:
        """Record that an attempt begins, and an earlier one without an end as unclear; its number, from 1."""
        cut = (attempts.c.delivery_id == delivery.id) & attempts.c.ending.is_(None)
        self.connection.execute(
            attempts.update().where(cut).values(ending=Ending.UNCLEAR, cause="cut_off", ended_at=self.now)
        )
        number = delivery.tries + 1
        self.connection.execute(
            attempts.insert().values(delivery_id=delivery.id, number=number, begun_at=self.now, cause="")
        )
        self.connection.execute(deliveries.update().where(_D.id == delivery.id).values(state=State.SENDING))
        return number

    def end_attempt(self, delivery_id: str, number: int, ending: Ending, cause: str) -> bool:
        """Record how an attempt ended, and queue its delivery again; False when it is not the one under way."""
        this = (attempts.c.delivery_id == delivery_id) & (attempts.c.number == number) & attempts.c.ending.is_(None)
        ended = attempts.update().where(this).values(ending=ending, cause=cause, ended_at=self.now)
        if self.connection.execute(ended).rowcount != 1:
            return False
        unsettled = (_D.id == delivery_id) & _D.settled_at.is_(None)
        self.connection.execute(deliveries.update().where(unsettled).values(state=State.QUEUED))
        return True

    def settle(self, delivery_id: str, state: State, *, cause: str = "", locale: str = "", channel: str = "") -> None:
        """Give a delivery its last state; its facts are forgotten."""
        self.connection.execute(
            deliveries.update()
            .where(_D.id == delivery_id)
            .values(state=state, cause=cause, locale=locale, channel=channel, settled_at=self.now, facts=None)
        )

    def overdue(self, limit: int) -> Sequence[Delivery]:
        """Deliveries that still wait although their reason is over."""
        query = (
            WITH_ATTEMPTS.where(_D.settled_at.is_(None), _D.lapses_at <= self.now, _D.state != State.SENDING)
            .order_by(_D.lapses_at)
            .limit(limit)
        )
        return [rows.delivery_from(row) for row in self.connection.execute(query)]

    def stranded(self, limit: int) -> Sequence[str]:
        """Deliveries that are to be sent and have no job that would."""
        jobs = chassis.jobs.c
        has_job = sa.exists().where(jobs.kind == DELIVER, jobs.key == _D.id, jobs.gave_up_at.is_(None))
        query = sa.select(_D.id).where(_D.settled_at.is_(None), _D.state.in_(_OPEN), ~has_job).limit(limit)
        return self.connection.execute(query).scalars().all()
