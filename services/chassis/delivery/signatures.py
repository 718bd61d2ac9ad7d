"""Signatures of records: the relay signs with its service's key, consumers check who signed (Ed25519, RFC 8032).

A signature covers topic, key, value and the headers of the envelope, so a record cannot be changed, moved to another
topic or given another key. docs/decisions/0043-events-are-signed-by-the-relay.md says why the relay signs.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.chassis.broker.protocol import Headers, Record
from services.chassis.core.errors import BadRecord
from services.chassis.identity.access_tokens import read_private_key, read_public_key
from services.chassis.messages.envelope import ATTRIBUTES
from services.chassis.messages.event import Event

SIGNATURE = "cairn_signature"
KEY_ID = "cairn_key_id"
_CONTEXT = b"cairn record signature v1"

Distrust = Literal["signature_missing", "key_unknown", "signature_wrong", "producer_wrong", "topic_wrong", "key_wrong"]
"""Why a record is not trusted: a fixed code, for dead letters and metrics."""


class UntrustedRecord(BadRecord):
    """Nothing in the record may be believed or stored; ``field`` is the reason code."""

    def __init__(self, reason: Distrust) -> None:
        super().__init__(reason, "the record is not trusted")


class EventSigner:
    """Signs the records of one service. ``private_key``: PEM or base64 of 32 bytes."""

    def __init__(self, private_key: str) -> None:
        self._key = read_private_key(private_key)
        self._key_id = key_id(self._key.public_key()).encode()

    def sign(self, topic: str, key: bytes, value: bytes, headers: Headers) -> tuple[tuple[str, bytes], ...]:
        """Return the headers with the signature of the record and the id of the key."""
        signature = self._key.sign(_signed_bytes(topic, key, value, headers))
        return (*headers, (KEY_ID, self._key_id), (SIGNATURE, signature))


class EventVerifier:
    """Checks records against the public keys of all producers; ``public_keys`` as in EVENT_PUBLIC_KEYS."""

    def __init__(self, public_keys: str) -> None:
        self._keys = {
            (f"/{service}".encode(), key_id(key).encode()): (service, key) for service, key in _keys(public_keys)
        }

    def check(self, record: Record) -> str:
        """Return the name of the service that signed the record; raises UntrustedRecord."""
        headers = dict(record.headers)
        signature, signed_with = headers.get(SIGNATURE), headers.get(KEY_ID)
        if signature is None or signed_with is None:
            raise UntrustedRecord("signature_missing")
        service, key = self._keys.get((headers.get("ce_source", b""), signed_with), ("", None))
        if key is None:
            raise UntrustedRecord("key_unknown")
        try:
            key.verify(signature, _signed_bytes(record.topic, record.key, record.value, record.headers))
        except InvalidSignature:
            raise UntrustedRecord("signature_wrong") from None
        return service


def check_origin(record: Record, event: type[Event], signer: str) -> None:
    """Check by the event's declaration that its signer may publish it, on this topic; raises UntrustedRecord."""
    if signer not in event.producers:
        raise UntrustedRecord("producer_wrong")
    if record.topic != event.topic:
        raise UntrustedRecord("topic_wrong")


def check_key(record: Record, event: Event) -> None:
    """Check that a record has the key of its event, on which the order depends; raises UntrustedRecord."""
    if record.key != event.partition_key.encode():
        raise UntrustedRecord("key_wrong")


def check_public_keys(text: str) -> None:
    """Raise ValueError unless ``text`` holds at least one key per service, and no key of two services."""
    owners: dict[str, str] = {}
    for service, key in _keys(text):
        if owners.setdefault(key_id(key), service) != service:
            raise ValueError("gives two services the same key: each needs its own")
    if not owners:
        raise ValueError("names no service")


def key_id(key: Ed25519PublicKey) -> str:
    """Return the id of a public key: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def public_half(private_key: str) -> str:
    """Return the public key of a private key, as base64, for EVENT_PUBLIC_KEYS."""
    raw = read_private_key(private_key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def _keys(text: str) -> Iterator[tuple[str, Ed25519PublicKey]]:
    """Yield service and key of ``{"service": ["key", ...]}``; raises ValueError that shows no value."""
    try:
        services = json.loads(text)
    except ValueError:
        raise ValueError("is not JSON") from None
    if not isinstance(services, Mapping):
        raise ValueError('has to look like {"service": ["base64 of a public key"]}')  # noqa: TRY004 - a setting
    for service, keys in services.items():
        if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
            raise ValueError(f"has to give {service!r} a list of one or more keys")
        for key in keys:
            yield service, read_public_key(key)


def _signed_bytes(topic: str, key: bytes, value: bytes, headers: Headers) -> bytes:
    """Return what is signed: each part after its length, an absent header as a length that no part has."""
    given = dict(headers)  # the last value of a header counts, as in ``read_envelope``
    parts = (_CONTEXT, topic.encode(), key, value, *(given.get(name) for name in ATTRIBUTES))
    return b"".join(b"\xff" * 8 if part is None else len(part).to_bytes(8) + part for part in parts)
