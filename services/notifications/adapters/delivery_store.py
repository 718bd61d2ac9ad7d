"""Deliveries and their attempts in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.database import for_update, insert_of
from services.chassis.storage.job_queue import hasten_jobs, waits_later
from services.chassis.storage.row_cache import RowCache
from services.chassis.storage.unit_of_work import StoreBase, Transaction
from services.notifications.adapters import rows
from services.notifications.adapters.tables import attempts, chassis, deliveries
from services.notifications.domain.attempt import Attempt, EndedAttempt, LetterRequest
from services.notifications.domain.delivery import AWAY, Delivery, Ending, State
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


_IDS: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
_DELIVERIES = WITH_ATTEMPTS.where(_D.id.in_(_IDS))
_LOCKED = for_update(sa.select(_D.id).where(_D.id.in_(_IDS)).order_by(_D.id))
_SENDING = deliveries.update().where(_D.id.in_(_IDS)).values(state=State.SENDING)
_OPEN_ATTEMPTS = sa.select(attempts.c.delivery_id, attempts.c.number).where(
    attempts.c.delivery_id.in_(_IDS), attempts.c.ending.is_(None)
)
_END = (
    attempts.update()
    .where(attempts.c.delivery_id == sa.bindparam("of"), attempts.c.number == sa.bindparam("try"))
    .values(ending=sa.bindparam("how"), cause=sa.bindparam("why"), ended_at=sa.bindparam("at"))
)
_SETTLE = (
    deliveries.update()
    .where(_D.id == sa.bindparam("id_"))
    .values(
        state=sa.bindparam("to"),
        cause=sa.bindparam("because"),
        locale=sa.bindparam("in_locale"),
        channel=sa.bindparam("by_channel"),
        settled_at=sa.bindparam("at"),
        facts=sa.null(),
    )
)
_LAPSE = (
    deliveries.update()
    .where(
        _D.subject == sa.bindparam("match"),
        (_D.state == State.QUEUED) | (_D.state == State.WAITING_FOR_CONTACT),  # IN does not work with executemany
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


def _ending(end: EndedAttempt, now: datetime) -> dict[str, Any]:
    attempt, outcome = end.attempt, end.outcome
    return {
        "of": attempt.request.delivery.id,
        "try": attempt.number,
        "how": outcome.ending,
        "why": outcome.cause,
        "at": now,
    }


@cache
def _add(dialect: str) -> Any:
    insert = insert_of(dialect, deliveries)
    return insert.on_conflict_do_nothing(index_elements=[_D.person_id, _D.kind, _D.subject, _D.sequence]).returning(
        _D.id, _D.state
    )


class DeliveryRows(StoreBase):
    """The deliveries.

    Changes that events cause are collected and written together before the commit: new deliveries are inserted, those
    of people whose contact arrived are queued, those whose match moved on lapse. This order gives the same result as
    writing event by event, because a match never goes back and a reachable person stays reachable.
    """

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._new: RowCache[Delivery] = RowCache(self._write_new)
        self._reachable: RowCache[bool] = RowCache(self._write_reachable)
        self._moved: RowCache[MatchState] = RowCache(self._write_moved)
        self._settled: RowCache[Mapping[str, Any]] = RowCache(self._write_settled)
        for held in (self._new, self._reachable, self._moved, self._settled):
            tx.hold(held)

    def add_delivery(self, delivery: Delivery) -> None:
        """Store a new delivery and enqueue its job, unless this (recipient, kind, subject, sequence) exists."""
        self._new.change(delivery.id, delivery)

    def release(self, person_id: str) -> None:
        """Queue the deliveries that wait for this person's contact."""
        self._reachable.change(person_id, True)

    def lapse(self, match_id: str, unless: MatchState) -> None:
        """Let deliveries lapse that need another state of the match; one that is being sent is left to its attempt."""
        self._moved.change(match_id, unless)

    def _write_new(self, new: Mapping[str, Delivery]) -> None:
        values = [rows.delivery_row(delivery) for delivery in new.values()]
        for row in self.connection.execute(_add(self.connection.dialect.name), values):
            if row.state == State.QUEUED:
                self.enqueue(DELIVER, row.id)

    def _write_reachable(self, people: Mapping[str, bool]) -> None:
        for row in self.connection.execute(_RELEASE, {"people": list(people)}):
            self.enqueue(DELIVER, row.id)

    def _write_moved(self, moved: Mapping[str, MatchState]) -> None:
        parameters = [{"match": match, "unless": state, "at": self.now} for match, state in moved.items()]
        self.connection.execute(_LAPSE, parameters)

    def _lock_deliveries(self, delivery_ids: Sequence[str]) -> Mapping[str, Delivery]:
        """Return deliveries by id, locked first and then read, so that the last holder's changes are visible."""
        parameters = {"ids": list(delivery_ids)}
        self.connection.execute(_LOCKED, parameters)
        return {row.id: rows.delivery_from_row(row) for row in self.connection.execute(_DELIVERIES, parameters)}

    def begin_attempts(self, requests: Sequence[LetterRequest]) -> Sequence[Attempt]:
        """Record that attempts begin, and earlier ones without an end as unclear; attempts are numbered from 1."""
        begun = [Attempt(request, request.delivery.tries + 1) for request in requests]
        if not begun:
            return begun
        cut_off = [
            attempt.request.delivery.id for attempt in begun if attempt.request.delivery.sending_since is not None
        ]
        if cut_off:
            open_ = attempts.c.delivery_id.in_(cut_off) & attempts.c.ending.is_(None)
            ended = {"ending": Ending.UNCLEAR, "cause": "cut_off", "ended_at": self.now}
            self.connection.execute(attempts.update().where(open_).values(ended))
        self.connection.execute(
            attempts.insert(),
            [
                {
                    "delivery_id": attempt.request.delivery.id,
                    "number": attempt.number,
                    "begun_at": self.now,
                    "cause": "",
                }
                for attempt in begun
            ],
        )
        self.connection.execute(_SENDING, {"ids": [attempt.request.delivery.id for attempt in begun]})
        return begun

    def end_attempts(self, ends: Sequence[EndedAttempt]) -> Mapping[str, Delivery]:
        """Record how attempts ended; return the deliveries, locked, of those that were still open."""
        locked = self._lock_deliveries([end.attempt.request.delivery.id for end in ends])
        still_open = {
            (row.delivery_id, row.number) for row in self.connection.execute(_OPEN_ATTEMPTS, {"ids": list(locked)})
        }
        ended = [end for end in ends if (end.attempt.request.delivery.id, end.attempt.number) in still_open]
        if ended:
            self.connection.execute(_END, [_ending(end, self.now) for end in ended])
        return {end.attempt.request.delivery.id: locked[end.attempt.request.delivery.id] for end in ended}

    def put_back(self, delivery_id: str) -> None:
        """Queue a delivery for its next attempt."""
        self.connection.execute(deliveries.update().where(_D.id == delivery_id).values(state=State.QUEUED))

    def settle(self, delivery_id: str, state: State, *, cause: str = "", locale: str = "", channel: str = "") -> None:
        """Give a delivery its final state before the commit, and delete its facts."""
        values = {"to": state, "because": cause, "in_locale": locale, "by_channel": channel, "at": self.now}
        self._settled.change(delivery_id, values)

    def _write_settled(self, settled: Mapping[str, Mapping[str, Any]]) -> None:
        self.connection.execute(_SETTLE, [{"id_": delivery_id, **values} for delivery_id, values in settled.items()])

    def overdue(self, limit: int) -> Sequence[Delivery]:
        """Return up to ``limit`` unsettled deliveries that have lapsed, except those being sent."""
        query = (
            WITH_ATTEMPTS.where(_D.settled_at.is_(None), _D.lapses_at <= self.now, _D.state != State.SENDING)
            .order_by(_D.lapses_at)
            .limit(limit)
        )
        return [rows.delivery_from_row(row) for row in self.connection.execute(query)]

    def hasten(self, limit: int | None = None) -> int:
        """Make deliveries due whose last attempt met a mail server that was away, oldest first; return their number."""
        each = attempts.alias()
        last = sa.select(sa.func.max(each.c.number)).where(each.c.delivery_id == _D.id).scalar_subquery()
        joined = deliveries.join(attempts, (attempts.c.delivery_id == _D.id) & (attempts.c.number == last))
        joined = joined.join(chassis.jobs, (chassis.jobs.c.kind == "deliver") & (chassis.jobs.c.key == _D.id))
        query = (
            sa.select(_D.id)
            .select_from(joined)
            .where(_D.settled_at.is_(None), _D.state == State.QUEUED, attempts.c.cause.in_(AWAY))
            .where(waits_later(chassis.jobs, self.now))
            .order_by(_D.created_at)
            .limit(limit)
        )
        return hasten_jobs(self.connection, "deliver", self.connection.execute(query).scalars().all(), self.now)

    def without_job(self, limit: int) -> Sequence[str]:
        """Return up to ``limit`` ids of deliveries that are to be sent and have no job."""
        self._settled.write()
        jobs = chassis.jobs.c
        has_job = sa.exists().where(jobs.kind == DELIVER, jobs.key == _D.id, jobs.gave_up_at.is_(None))
        query = sa.select(_D.id).where(_D.settled_at.is_(None), _D.state.in_(_OPEN), ~has_job).limit(limit)
        return self.connection.execute(query).scalars().all()
