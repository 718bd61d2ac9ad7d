"""What an operator does with a service's dead letters and alarms. Each write is audited in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.broker.protocol import Broker, Record, TopicPartition
from services.chassis.core.errors import BadRecord
from services.chassis.delivery.record_handler import Reception
from services.chassis.storage.dead_letters import Letter, Wanted, list_letters, mark_seen, remove_letter
from services.chassis.storage.partition_alarms import PartitionState, read_states, resume_partition
from services.chassis.storage.unit_of_work import UnitOfWork

BY = "operator"
"""Who the audit names: commands run with the service's own environment, which knows no person."""

LOST = "lost"
"""The topic does not hold the record any more."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of one letter: `outcome` is LOST, one of `Reception.redrive`, or "failed" with `error`."""

    letter: Letter
    outcome: str
    error: str = ""

    @property
    def stays(self) -> bool:
        """Tell whether the letter is still there."""
        return self.outcome in {LOST, "failed"}


@dataclass(frozen=True, kw_only=True)
class Operator:
    """The consumer group `group` of one service, seen by an operator."""

    group: str
    uow: UnitOfWork[Any]
    broker: Broker
    open_reception: Callable[[], Reception]

    def letters(self, wanted: Wanted) -> Sequence[Letter]:
        """Return the dead letters asked for."""
        with self.uow.begin(read_only=True):
            return list_letters(self.uow.transaction().connection, self.group, wanted)

    def partitions(self) -> Sequence[PartitionState]:
        """Return the partitions that gave dead letters and no good event since."""
        with self.uow.begin(read_only=True):
            return read_states(self.uow.transaction().connection, self.group)

    def is_kept(self, letter: Letter) -> bool:
        """Tell whether the topic still holds the letter's record. Raises BrokerUnavailable."""
        with self.broker.reader() as reader:
            return reader.record(TopicPartition(letter.topic, letter.partition), letter.offset) is not None

    def redrive(self, letters: Sequence[Letter], reason: str | None = None) -> Iterator[Redriven]:
        """Let records take effect after all, one transaction each, in the order given. Raises BrokerUnavailable."""
        reception = self.open_reception()
        with self.broker.reader() as reader:
            for letter in letters:
                record = reader.record(TopicPartition(letter.topic, letter.partition), letter.offset)
                yield Redriven(letter, LOST) if record is None else _redrive(reception, record, letter, reason)

    def drop(self, letter: Letter, reason: str | None = None) -> bool:
        """Remove a letter for good; its event never takes effect. False when it is gone already."""
        with self.uow.begin():
            tx = self.uow.transaction()
            if not remove_letter(tx.connection, letter):
                return False
            ids = {"event_id": letter.event_id, "type": letter.type, "error": letter.error}
            tx.audit("drop_dead_letter", letter.place, by=BY, reason=reason, detail=ids)
        return True

    def resume(self, place: TopicPartition, allowed: int | None = None, reason: str | None = None) -> bool:
        """End a partition's alarm; the running consumer goes on within seconds. False when none stands."""
        with self.uow.begin():
            tx = self.uow.transaction()
            if not resume_partition(tx.connection, self.group, place, allowed):
                return False
            seen = mark_seen(tx.connection, self.group, place, tx.now)
            detail = {"dead_letters": seen, "allowed": allowed}
            tx.audit("resume_consumer", f"{place.topic}/{place.partition}", by=BY, reason=reason, detail=detail)
        return True


def _redrive(reception: Reception, record: Record, letter: Letter, reason: str | None) -> Redriven:
    """Redrive one record; an error of its handler leaves everything as it was and is told, class and field only."""
    try:
        return Redriven(letter, reception.redrive(record, letter, by=BY, reason=reason))
    except BadRecord as error:
        return Redriven(letter, "failed", f"BadRecord at {error.field}" if error.field else "BadRecord")
    except Exception as error:
        return Redriven(letter, "failed", type(error).__name__)
