"""What is written on the outside of an event: CloudEvents 1.0 attributes, in record headers (binary mode).

The body stays the event's own JSON, so a reader can route, drop or trace a record without opening it. No attribute
holds anything personal. Source: CloudEvents 1.0.2, Kafka protocol binding 3.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.chassis.core.errors import BadRecord

CONTENT_TYPE = "application/json"
_LONGEST = 200  # as the columns that keep them


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event's outside: `source` and `id` together name it for ever; `programme` is the tenant it belongs to.

    `subject` is the record's key, `time` the database time of the change that told it.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    programme: str | None = None

    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """Return the record headers, in a fixed order."""
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_subject": self.subject,
            "ce_time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "ce_programme": self.programme,
            "content-type": CONTENT_TYPE,
        }
        return tuple((name, value.encode()) for name, value in attributes.items() if value is not None)


def read_envelope(headers: Sequence[tuple[str, bytes]]) -> Envelope:
    """Read the attributes back; raises BadRecord naming the header at fault. Unknown headers are ignored."""
    found = dict(headers)
    if _text(found, "ce_specversion") != "1.0":
        raise BadRecord("ce_specversion", "must be 1.0")
    media = found.get("content-type", CONTENT_TYPE.encode()).split(b";")[0].strip().lower()
    if media != CONTENT_TYPE.encode():
        raise BadRecord("content-type", f"must be {CONTENT_TYPE}")
    return Envelope(
        id=_text(found, "ce_id"),
        source=_text(found, "ce_source"),
        type=_text(found, "ce_type"),
        subject=_text(found, "ce_subject"),
        time=_moment(_text(found, "ce_time")),
        programme=_text(found, "ce_programme") if "ce_programme" in found else None,
    )


def _text(found: dict[str, bytes], name: str) -> str:
    try:
        text = found[name].decode()
    except KeyError as error:
        raise BadRecord(name, "is missing") from error
    except UnicodeDecodeError as error:
        raise BadRecord(name, "must be UTF-8") from error
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise BadRecord(name, f"must be 1 to {_LONGEST} printable characters")
    return text


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRecord("ce_time", "must be a moment such as 2030-01-31T12:00:00Z")
