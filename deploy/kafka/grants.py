"""The rights of each service on Kafka, derived from the events: ``make docs`` writes them to deploy/kafka/access.json.

One writer per topic, as far as the catalogue allows it: a service may write the topics of its own events, read those of
the events that it handles, and use the consumer group of its own name. It may look at every topic and its settings,
and neither create nor alter one: ``python -m deploy.kafka.apply`` creates them.
"""

import importlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from deploy.local.layout import SERVICES
from services.chassis.messages.event import Event
from services.events import catalogue, topics


@dataclass(frozen=True, order=True)
class Grant:
    """A right: ``user`` may do ``operation`` (Kafka's name) on a ``resource`` (``topic`` or ``group``) of this name."""

    user: str
    resource: str
    name: str
    operation: str


def grants() -> list[Grant]:
    """Return all rights of all services."""
    rights, read = [Grant(user, "group", user, "READ") for user in SERVICES], consumed()
    for topic in topics.ALL:
        rights += [Grant(user, "topic", topic, "DESCRIBE") for user in SERVICES]
        rights += [Grant(user, "topic", topic, "DESCRIBE_CONFIGS") for user in SERVICES]
        rights += [Grant(user, "topic", topic, "WRITE") for user in catalogue.PRODUCERS[topic]]
        rights += [Grant(user, "topic", topic, "READ") for user in SERVICES if topic in read[user]]
    return sorted(rights)


def consumed() -> Mapping[str, frozenset[str]]:
    """Return the topics that each service consumes, from its event handlers."""
    return {name: frozenset(event.topic for event in _handled(name)) for name in SERVICES}


def access_file() -> str:
    """Return the content of deploy/kafka/access.json."""
    return "[\n" + ",\n".join(f"  {json.dumps(asdict(grant))}" for grant in grants()) + "\n]\n"


def read_grants(text: str) -> Sequence[Grant]:
    """Return the rights of an access file."""
    return [Grant(**entry) for entry in json.loads(text)]


def _handled(name: str) -> Iterable[type[Event]]:
    service = importlib.import_module(f"services.{name}.bootstrap").SERVICE
    return tuple(service.handlers(service.unconnected_parts()))
