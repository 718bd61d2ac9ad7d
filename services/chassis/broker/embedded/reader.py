"""Reads single records of the embedded broker by offset, without a group."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from services.chassis.broker.embedded.consumer import read_records
from services.chassis.broker.embedded.store import connect, reading
from services.chassis.broker.protocol import Record, TopicPartition


class LogReader:
    """See ``protocol.Reader``."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)

    def record(self, partition: TopicPartition, offset: int) -> Record | None:
        """Return the record at exactly this offset; see ``protocol.Reader``."""
        with reading():
            records = read_records(self._connection, partition, offset, limit=1)
        return next((record for record in records if record.offset == offset), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
