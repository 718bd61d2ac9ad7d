"""The schema file of each event, and the page that lists all events."""

import inspect
import json
from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.messages.event import Event
from services.chassis.messages.json_schema import schema_of
from services.events import catalogue, topics

_TOPIC_WORDS = {
    topics.PEOPLE: "people as coded facts; key: person",
    topics.CONTACTS: "contact details, sealed; key: person",
    topics.MATCHES: "the life of each match; key: match",
    topics.MATCHING: "weights published, waits at risk; key: programme or mentee",
    topics.DELIVERIES: "results of deliveries; key: person",
    topics.RECEIPTS: "each service's receipt for an erasure; key: person",
    topics.SESSIONS: "sessions that ended before their access tokens expire; key: person, member of staff or API key",
    topics.REQUESTS: "a new or rebuilt service requests a full replay of people; key: the requesting service",
}


def event_schemas() -> Mapping[str, str]:
    """Return the JSON Schema 2020-12 of each event by file name."""
    return {f"{event.type}.json": as_json(schema_of(event)) for event in catalogue.ALL}


def as_json(document: Mapping[str, Any]) -> str:
    """Return a document as text that is the same on every machine."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def events_page() -> str:
    """Return the content of docs/events.md."""
    parts = [_INTRODUCTION, "## Topics\n", "| topic | holds | written by |", "|---|---|---|"]
    parts += [f"| `{topic}` | {_TOPIC_WORDS[topic]} | {_names(catalogue.PRODUCERS[topic])} |" for topic in topics.ALL]
    parts.append(
        f"\nEvery topic has {topics.PARTITIONS} partitions and keeps records for "
        f"{topics.RETENTION_MS // topics.DAY_MS} days (`cleanup.policy=delete`), in segments of one day.\n"
    )
    for topic in topics.ALL:
        parts.append(f"## {topic}\n")
        parts += [_event(event) for event in catalogue.ALL if event.topic == topic]
    return "\n".join(parts).rstrip() + "\n"


def _event(event: type[Event]) -> str:
    schema = schema_of(event)
    required = set(schema["required"])
    rows = [
        f"| `{name}` | {_type(field)} | {'yes' if name in required else 'no'} |"
        for name, field in schema["properties"].items()
    ]
    description = inspect.cleandoc(event.__doc__ or "").replace("\n", " ")
    return "\n".join(
        [
            f"### {event.__name__}\n",
            f"`{event.type}`, key `{event.key_field}`, published by {_names(event.producers)}. {description}",
            f"[JSON Schema](../services/events/schemas/{event.type}.json)\n",
            "| field | type | required |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _names(services: Iterable[str]) -> str:
    return ", ".join(sorted(services))


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in field:
        return " or ".join(_type(choice) for choice in field["anyOf"])
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("format", field["type"]))


_INTRODUCTION = """# Events

This page is generated from `services/events` by `make docs`; do not edit it.

The services publish events and never call each other. An event is a frozen dataclass; its JSON Schema,
this page and the [AsyncAPI document](asyncapi.json) are derived from it. On the wire it is a CloudEvents 1.0 event in
Kafka's binary mode: the attributes (`ce_id`, `ce_source`, `ce_type`, `ce_time`, `ce_subject`) are headers, the value is
JSON. Records with the same key keep their order. Delivery is at least once; each consumer's inbox lets an event take
effect exactly once. Within a version fields may be added, never removed or made required. No name, address or free text
travels in clear.

The publishing service signs every record (Ed25519 over topic, key, value and these headers): `cairn_key_id` names the
key, `cairn_signature` holds the signature. A consumer applies an event only if its signer is a service named below, and
topic and key are those of the event; other records become dead letters.
"""
