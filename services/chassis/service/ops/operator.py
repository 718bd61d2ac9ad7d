"""What an operator does with one service: its dead letters, partitions in alarm, jobs that were given up, audit.

The audit record of each write is in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.broker.protocol import Broker, Record, TopicPartition
from services.chassis.core.errors import BadRecord
from services.chassis.delivery.record_handler import Reception
from services.chassis.storage.audit import audit_length, verify_audit
from services.chassis.storage.dead_letters import Letter, Wanted, list_letters, mark_seen, remove_letter
from services.chassis.storage.given_up_jobs import GivenUpJob, list_given_up, retry_given_up
from services.chassis.storage.outbox import backlog
from services.chassis.storage.partition_alarms import PartitionState, read_states, resume_partition
from services.chassis.storage.unit_of_work import UnitOfWork

BY = "operator"
"""The actor in the audit: commands run in the service's own environment, which identifies no person."""

LOST = "lost"
"""The topic no longer contains the record."""


@dataclass(frozen=True, slots=True)
class RedriveResult:
    """The result for one letter: ``outcome`` is LOST, a result of ``Reception.redrive``, or "failed" with ``error``."""

    letter: Letter
    outcome: str
    error: str = ""

    @property
    def letter_remains(self) -> bool:
        """Return whether the letter is still stored."""
        return self.outcome in {LOST, "failed"}


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Operations on one service, with the consumer group ``group``; its own commands use ``parts``."""

    group: str
    parts: Any
    uow: UnitOfWork[Any]
    broker: Broker
    open_reception: Callable[[], Reception]

    def letters(self, wanted: Wanted) -> Sequence[Letter]:
        """Return the dead letters that match ``wanted``."""
        with self.uow.begin(read_only=True):
            return list_letters(self.uow.transaction().connection, self.group, wanted)

    def partitions(self) -> Sequence[PartitionState]:
        """Return the partitions whose latest records became dead letters."""
        with self.uow.begin(read_only=True):
            return read_states(self.uow.transaction().connection, self.group)

    def is_in_topic(self, letter: Letter) -> bool:
        """Return whether the topic still contains the letter's record. Raises BrokerUnavailable."""
        with self.broker.reader() as reader:
            return reader.record(TopicPartition(letter.topic, letter.partition), letter.offset) is not None

    def redrive(self, letters: Sequence[Letter], reason: str | None = None) -> Iterator[RedriveResult]:
        """Handle the records of letters again, one transaction each, in the given order. Raises BrokerUnavailable."""
        reception = self.open_reception()
        with self.broker.reader() as reader:
            for letter in letters:
                record = reader.record(TopicPartition(letter.topic, letter.partition), letter.offset)
                yield RedriveResult(letter, LOST) if record is None else _redrive(reception, record, letter, reason)

    def drop(self, letter: Letter, reason: str | None = None) -> bool:
        """Remove a letter for good, so that its event never takes effect; return False when it is gone already."""
        with self.uow.begin():
            tx = self.uow.transaction()
            if not remove_letter(tx.connection, letter):
                return False
            ids = {"event_id": letter.event_id, "type": letter.type, "error": letter.error}
            tx.audit("drop_dead_letter", letter.place, by=BY, reason=reason, detail=ids)
        return True

    def resume(self, place: TopicPartition, allowed: int | None = None, reason: str | None = None) -> bool:
        """End a partition's alarm; return False when it has none. The running consumer continues within seconds."""
        with self.uow.begin():
            tx = self.uow.transaction()
            if not resume_partition(tx.connection, self.group, place, allowed):
                return False
            seen = mark_seen(tx.connection, self.group, place, tx.now)
            detail = {"dead_letters": seen, "allowed": allowed}
            tx.audit("resume_consumer", f"{place.topic}/{place.partition}", by=BY, reason=reason, detail=detail)
        return True

    def given_up_jobs(self) -> Sequence[GivenUpJob]:
        """Return the jobs that no worker tries any more."""
        with self.uow.begin(read_only=True):
            return list_given_up(self.uow.transaction().connection)

    def retry_job(self, job: GivenUpJob, reason: str | None = None) -> bool:
        """Let a worker try a job again; return False when it is not given up any more."""
        with self.uow.begin():
            tx = self.uow.transaction()
            if not retry_given_up(tx.connection, job, tx.now):
                return False
            detail = {"attempts": job.attempts, "error": job.error}
            tx.audit("retry_job", f"{job.kind}/{job.key}", by=BY, reason=reason, detail=detail)
        return True

    def unpublished(self) -> tuple[int, datetime | None]:
        """Return the number of events that wait for the relay, and when the oldest of them was created."""
        with self.uow.begin(read_only=True):
            return backlog(self.uow.transaction().connection)

    def verify_audit(self) -> tuple[int, list[str]]:
        """Return the length of the audit chain and a sentence per fault."""
        with self.uow.begin(read_only=True):
            tx = self.uow.transaction()
            return audit_length(tx.connection), verify_audit(tx.connection, key=tx.audit_key)


def _redrive(reception: Reception, record: Record, letter: Letter, reason: str | None) -> RedriveResult:
    """Redrive one record; an error of its handler changes nothing and is returned as its class and field only."""
    try:
        return RedriveResult(letter, reception.redrive(record, letter, by=BY, reason=reason))
    except BadRecord as error:
        return RedriveResult(letter, "failed", f"BadRecord at {error.field}" if error.field else "BadRecord")
    except Exception as error:
        return RedriveResult(letter, "failed", type(error).__name__)
