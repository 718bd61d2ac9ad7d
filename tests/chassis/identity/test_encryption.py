"""Sealed fields open only with the right key and in the right context."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.identity.encryption import BlindIndex, FieldCipher, SealBroken, read_keys

OLD = {"k1": b"1" * 32}
BOTH = {"k2": b"2" * 32, "k1": b"1" * 32}
HERE = "contact:email:p1"


@given(st.text(), st.text())
def test_a_sealed_text_opens_in_its_context(text: str, context: str) -> None:
    cipher = FieldCipher(BOTH)
    try:
        text.encode(), context.encode()
    except UnicodeEncodeError:
        return
    sealed = cipher.seal(text, context)
    assert cipher.open(sealed, context) == text
    assert sealed.startswith("k2.")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    cipher = FieldCipher(OLD)
    assert len({cipher.seal("ana@example.org", HERE) for _ in range(50)}) == 50


def test_a_sealed_text_does_not_contain_the_plain_text() -> None:
    sealed = FieldCipher(OLD).seal("ana@example.org", HERE)
    body = base64.urlsafe_b64decode(sealed.partition(".")[2] + "==")
    assert b"ana" not in body
    assert b"example" not in body


@pytest.mark.parametrize("context", ["contact:email:p2", "contact:phone:p1", "", HERE + " "])
def test_a_sealed_text_in_another_context_does_not_open(context: str) -> None:
    cipher = FieldCipher(OLD)
    with pytest.raises(SealBroken):
        cipher.open(cipher.seal("x", HERE), context)


def test_after_a_key_rotation_old_values_still_open() -> None:
    before, after = FieldCipher(OLD), FieldCipher(BOTH)
    sealed = before.seal("x", HERE)
    assert after.open(sealed, HERE) == "x"
    assert not sealed.startswith(f"{after.current_key}.")
    resealed = after.reseal(sealed, HERE)
    assert resealed.startswith(f"{after.current_key}.")
    with pytest.raises(SealBroken):
        before.open(resealed, HERE)


@pytest.mark.parametrize("sealed", ["", "k1", "k1.", "k1.AAAA", "k9.AAAA", "k1.!!!", "k1." + "A" * 60, "é.é"])
def test_text_that_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(SealBroken):
        FieldCipher(OLD).open(sealed, HERE)


def test_the_key_id_is_bound_to_the_value() -> None:
    twins = FieldCipher({"k1": b"1" * 32, "k2": b"1" * 32})
    sealed = twins.seal("x", HERE)
    with pytest.raises(SealBroken):
        twins.open("k2" + sealed[2:], HERE)


def encoded(**keys: bytes) -> str:
    return json.dumps({name: base64.b64encode(key).decode() for name, key in keys.items()})


def test_keys_are_read_in_order_and_the_first_is_current() -> None:
    assert list(read_keys(encoded(k2=b"2" * 32, k1=b"1" * 32)).items()) == list(BOTH.items())


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", encoded(k1=b"short"), '{"k1": 3}', '{"a b": ""}', '{"k1": "é"}']
)
def test_invalid_keys_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(has|key)"):
        read_keys(text)


def test_a_blind_index_finds_the_same_value_and_needs_its_key() -> None:
    index, other = BlindIndex(b"i" * 32), BlindIndex(b"j" * 32)
    assert index.of("ana@example.org") == index.of("ana@example.org")
    assert len({index.of("ana@example.org"), index.of("bea@example.org"), other.of("ana@example.org")}) == 3
    with pytest.raises(ValueError, match="32 bytes"):
        BlindIndex(b"short")
