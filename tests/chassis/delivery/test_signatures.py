"""Signatures cover the whole record; the public keys of producers are checked at the start."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from services.chassis.broker.protocol import Record
from services.chassis.delivery.signatures import (
    KEY_ID,
    EventSigner,
    EventVerifier,
    UntrustedRecord,
    check_public_keys,
    public_half,
)
from services.chassis.service.service_settings import RelaySettings
from services.chassis.service.settings import SettingsError, load
from tests.chassis.delivery.hearing import parcel
from tests.support.batches import records
from tests.support.signing import SIGNER, VERIFIER

PUBLIC = public_half("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")


def record() -> Record:
    return records([parcel("a")])[0]


def test_a_signed_record_names_its_signer() -> None:
    assert VERIFIER.check(record()) == "other"


@pytest.mark.parametrize("part", ["topic", "key", "value"])
def test_moving_a_byte_between_parts_is_noticed(part: str) -> None:
    signed = record()
    changed = {"topic": {"topic": signed.topic + "a"}, "key": {"key": b"aa"}, "value": {"value": signed.value + b" "}}
    with pytest.raises(UntrustedRecord) as untrusted:
        VERIFIER.check(replace(signed, **changed[part]))  # type: ignore[arg-type]
    assert untrusted.value.field == "signature_wrong"


@pytest.mark.parametrize("name", [name for name, _ in parcel("a").headers if name.startswith("ce_")])
def test_a_removed_or_repeated_attribute_is_noticed(name: str) -> None:
    signed = record()
    without = tuple(header for header in signed.headers if header[0] != name)
    for headers in (without, (*signed.headers, (name, b"another"))):
        with pytest.raises(UntrustedRecord):
            VERIFIER.check(replace(signed, headers=headers))


def test_headers_that_nobody_reads_may_be_added_on_the_way() -> None:
    signed = record()
    assert VERIFIER.check(replace(signed, headers=(*signed.headers, ("traceparent", b"00-1")))) == "other"


@pytest.mark.parametrize("signature", [b"", b"short", b"\0" * 64, b"\xff" * 65])
def test_a_malformed_signature_is_refused(signature: bytes) -> None:
    unsigned = records([parcel("a")])[0]
    with pytest.raises(UntrustedRecord):
        VERIFIER.check(replace(unsigned, headers=(*unsigned.headers, ("cairn_signature", signature))))


def test_each_of_several_keys_of_a_service_is_accepted() -> None:
    newer = EventSigner("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    both = EventVerifier(json.dumps({"other": [PUBLIC, public_half("Y2Fpcm4gZGV2ZWxvcG1lbnQgZXZlbnRzIGtleS4uLi4=")]}))
    plain = [header for header in record().headers if header[0] in {"ce_source", KEY_ID}]
    for signer in (SIGNER, newer):
        headers = signer.sign("t", b"k", b"v", plain[:1])
        assert both.check(Record("t", 0, 0, b"k", b"v", headers, 0)) == "other"


@pytest.mark.parametrize(
    "keys",
    [
        "not json",
        "[]",
        "{}",
        '{"shop": []}',
        '{"shop": "key"}',
        '{"shop": ["bm90IGEga2V5"]}',
        json.dumps({"shop": [PUBLIC], "other": [PUBLIC]}),
    ],
)
def test_bad_public_keys_are_refused_without_showing_them(keys: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|names|gives)") as refused:
        check_public_keys(keys)
    assert PUBLIC not in str(refused.value)


def test_the_relay_refuses_the_development_key_in_production() -> None:
    assert load(RelaySettings, {"ENVIRONMENT": "development"}).event_private_key
    with pytest.raises(SettingsError, match="EVENT_PRIVATE_KEY"):
        load(RelaySettings, {"ENVIRONMENT": "production"})
