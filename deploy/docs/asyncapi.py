"""The AsyncAPI 3 document of events and topics."""

from typing import Any

from deploy.docs.events import as_json
from services.chassis.messages.event import Event
from services.chassis.messages.json_schema import schema_of
from services.events import catalogue, topics

_HEADERS = ("ce_id", "ce_source", "ce_specversion", "ce_time", "ce_type")


def asyncapi_document() -> str:
    """Return the content of docs/asyncapi.json."""
    return as_json(
        {
            "asyncapi": "3.0.0",
            "info": {
                "title": "Cairn's events",
                "version": "1.0.0",
                "description": "Events between profiles, matcher and notifications. Generated from the code.",
                "license": {"name": "Apache-2.0"},
            },
            "defaultContentType": "application/json",
            "channels": {_channel_id(topic): _channel(topic) for topic in topics.ALL},
            "operations": {_operation_id(event): _operation(event) for event in catalogue.ALL},
            "components": {"messages": {event.__name__: _message(event) for event in catalogue.ALL}},
        }
    )


def _channel_id(topic: str) -> str:
    return topic.replace(".", "_")


def _operation_id(event: type[Event]) -> str:
    return f"say_{event.__name__}"


def _channel(topic: str) -> dict[str, Any]:
    return {
        "address": topic,
        "messages": {
            event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}
            for event in catalogue.ALL
            if event.topic == topic
        },
        "bindings": {"kafka": {"partitions": topics.PARTITIONS, "bindingVersion": "0.5.0"}},
    }


def _operation(event: type[Event]) -> dict[str, Any]:
    channel = _channel_id(event.topic)
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{event.__name__}"}],
    }


def _message(event: type[Event]) -> dict[str, Any]:
    headers = {name: {"type": "string"} for name in _HEADERS} | {"ce_type": {"const": event.type}}
    return {
        "name": event.type,
        "title": event.__name__,
        "headers": {"type": "object", "properties": headers, "required": list(_HEADERS)},
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": schema_of(event),
        },
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
    }
