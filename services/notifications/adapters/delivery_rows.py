"""Deliveries and their attempts in the database."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.database import conflict_insert, for_update
from services.chassis.job_queue import hasten_jobs, waits_later
from services.chassis.unit_of_work import StoreBase
from services.notifications.adapters import rows
from services.notifications.adapters.tables import attempts, chassis, deliveries
from services.notifications.domain.delivery import AWAY, Delivery, Ending, State
from services.notifications.domain.match import MatchState

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


class DeliveryRows(StoreBase):
    """Messages on their way."""

    def add_delivery(self, delivery: Delivery) -> bool:
        """Keep a new delivery; False when this (recipient, kind, subject, sequence) is there already."""
        insert = conflict_insert(self.connection, deliveries).values(rows.delivery_row(delivery))
        added = self.connection.execute(
            insert.on_conflict_do_nothing(index_elements=[_D.person_id, _D.kind, _D.subject, _D.sequence]).returning(
                _D.id
            )
        )
        return added.first() is not None

    def delivery(self, delivery_id: str) -> Delivery | None:
        """A delivery, held for this transaction."""
        self.connection.execute(for_update(sa.select(_D.id).where(_D.id == delivery_id)))
        row = self.connection.execute(WITH_ATTEMPTS.where(_D.id == delivery_id)).first()
        return rows.delivery_from(row) if row else None

    def release(self, person_id: str) -> Sequence[str]:
        """Queue what waited for this person's contact; the ids."""
        waiting = (_D.person_id == person_id) & (_D.state == State.WAITING_FOR_CONTACT)
        released = deliveries.update().where(waiting).values(state=State.QUEUED).returning(_D.id)
        return self.connection.execute(released).scalars().all()

    def lapse(self, match_id: str, unless: MatchState) -> Sequence[str]:
        """Put aside what a match no longer gives a reason for; the ids. One just being sent is left to its attempt."""
        pointless = (
            (_D.subject == match_id)
            & _D.state.in_([State.QUEUED, State.WAITING_FOR_CONTACT])
            & _D.needs.is_not(None)
            & (_D.needs != unless)
        )
        lapsed = (
            deliveries.update()
            .where(pointless)
            .values(state=State.LAPSED, cause="match_moved_on", settled_at=self.now, facts=None)
            .returning(_D.id)
        )
        return self.connection.execute(lapsed).scalars().all()

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

    def hasten(self, limit: int | None = None) -> int:
        """Make deliveries due now that wait since the mail server was away, those that waited longest first; how many.

        Judged by how the last attempt ended.
        """
        each = attempts.alias()
        last = sa.select(sa.func.max(each.c.number)).where(each.c.delivery_id == _D.id).scalar_subquery()
        theirs = deliveries.join(attempts, (attempts.c.delivery_id == _D.id) & (attempts.c.number == last))
        theirs = theirs.join(chassis.jobs, (chassis.jobs.c.kind == "deliver") & (chassis.jobs.c.key == _D.id))
        query = (
            sa.select(_D.id)
            .select_from(theirs)
            .where(_D.settled_at.is_(None), _D.state == State.QUEUED, attempts.c.cause.in_(AWAY))
            .where(waits_later(chassis.jobs, self.now))
            .order_by(_D.created_at)
            .limit(limit)
        )
        return hasten_jobs(self.connection, "deliver", self.connection.execute(query).scalars().all(), self.now)

    def stranded(self, limit: int) -> Sequence[str]:
        """Deliveries that are to be sent and have no job that would."""
        jobs = chassis.jobs.c
        has_job = sa.exists().where(jobs.kind == "deliver", jobs.key == _D.id, jobs.gave_up_at.is_(None))
        query = sa.select(_D.id).where(_D.settled_at.is_(None), _D.state.in_(_OPEN), ~has_job).limit(limit)
        return self.connection.execute(query).scalars().all()
