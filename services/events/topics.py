"""The topics of all events, with the settings each must have (created from code, checked at start).

Personal facts stay for at most seven days: a new or rebuilt consumer asks the owner to republish them.
"""

from services.chassis.broker.protocol import TopicSpec

PEOPLE = "cairn.people.v1"
CONTACTS = "cairn.contacts.v1"
MATCHES = "cairn.matches.v1"
MATCHING = "cairn.matching.v1"
DELIVERIES = "cairn.deliveries.v1"
RECEIPTS = "cairn.receipts.v1"
REQUESTS = "cairn.requests.v1"
SESSIONS = "cairn.sessions.v1"

PARTITIONS = 6
DAY_MS = 24 * 60 * 60 * 1000
RETENTION_MS = 7 * DAY_MS
SEGMENT_MS = DAY_MS

ALL = (PEOPLE, CONTACTS, MATCHES, MATCHING, DELIVERIES, RECEIPTS, REQUESTS, SESSIONS)


def specs(replication: int = 1, min_insync: int = 1) -> tuple[TopicSpec, ...]:
    """Return the settings of every topic; one machine has one replica, a cluster three with two in sync."""
    return tuple(
        TopicSpec(
            name=name,
            partitions=PARTITIONS,
            retention_ms=RETENTION_MS,
            segment_ms=SEGMENT_MS,
            replication=replication,
            min_insync=min_insync,
        )
        for name in ALL
    )
