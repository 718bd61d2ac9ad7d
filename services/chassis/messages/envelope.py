"""The envelope of an event: CloudEvents 1.0 attributes in record headers (binary mode).

The body is the event's own JSON, so a consumer can route, drop or trace a record without parsing it. No attribute
contains personal data. Source: CloudEvents 1.0.2, Kafka protocol binding 3.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.chassis.core.errors import BadRecord

CONTENT_TYPE = "application/json"
ATTRIBUTES = (
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_time",
    "ce_programme",
    "content-type",
)
"""The headers that ``read_envelope`` reads, in their order; signatures cover them."""
_LONGEST = 200  # characters, as in the database columns that store the attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The attributes of an event: ``source`` and ``id`` together identify it for ever; ``programme`` is its tenant.

    ``subject`` is the record's key, ``time`` the database time of the change that the event reports.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    programme: str | None = None

    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """Return the record headers, in a fixed order."""
        time = self.time.astimezone(UTC).isoformat().replace("+00:00", "Z")
        values = ("1.0", self.id, self.source, self.type, self.subject, time, self.programme, CONTENT_TYPE)
        attributes = zip(ATTRIBUTES, values, strict=True)
        return tuple((name, value.encode()) for name, value in attributes if value is not None)


def read_envelope(headers: Sequence[tuple[str, bytes]]) -> Envelope:
    """Return the envelope in record headers; raises BadRecord with the header at fault. Ignores unknown headers."""
    attributes = dict(headers)
    if _text(attributes, "ce_specversion") != "1.0":
        raise BadRecord("ce_specversion", "must be 1.0")
    media_type = attributes.get("content-type", CONTENT_TYPE.encode()).split(b";")[0].strip().lower()
    if media_type != CONTENT_TYPE.encode():
        raise BadRecord("content-type", f"must be {CONTENT_TYPE}")
    return Envelope(
        id=_text(attributes, "ce_id"),
        source=_text(attributes, "ce_source"),
        type=_text(attributes, "ce_type"),
        subject=_text(attributes, "ce_subject"),
        time=_moment(_text(attributes, "ce_time")),
        programme=_text(attributes, "ce_programme") if "ce_programme" in attributes else None,
    )


def _text(attributes: dict[str, bytes], name: str) -> str:
    try:
        text = attributes[name].decode()
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
