"""A token is accepted only if it was signed with a known key of the issuer and is unchanged."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from services.chassis.identity.access_tokens import (
    TokenIssuer,
    TokenRefused,
    TokenVerifier,
    read_private_key,
    read_public_key,
)
from services.chassis.identity.principal import Principal
from tests.support.fakes import FixedClock

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
CLOCK = FixedClock()


def verifier(*keys: Ed25519PrivateKey) -> TokenVerifier:
    return TokenVerifier(*(key.public_key() for key in keys or (KEY,)), service="matcher", clock=CLOCK)


def issue(key: Ed25519PrivateKey = KEY) -> str:
    caller = Principal("person", "p1", "north", ("mentor",), session="s1")
    return TokenIssuer(key, audience=["profiles", "matcher"], clock=CLOCK).issue(caller)


def forged(key: Any = KEY, algorithm: str = "EdDSA", *, leave_out: str = "", typ: str = "at+jwt", **claims: Any) -> str:
    """Return a valid token with the given changes."""
    header = jwt.get_unverified_header(issue())
    good = jwt.decode(issue(), options={"verify_signature": False})
    body = {name: value for name, value in (good | claims).items() if name != leave_out}
    return jwt.encode(body, key, algorithm=algorithm, headers={"kid": header["kid"], "typ": typ})


def test_a_token_names_its_key_so_that_keys_can_change() -> None:
    both = verifier(OTHER, KEY)
    assert both.verify(issue(KEY)).person_id == both.verify(issue(OTHER)).person_id == "p1"


def test_a_token_of_a_retired_key_is_refused() -> None:
    with pytest.raises(TokenRefused):
        verifier(OTHER).verify(issue(KEY))


@pytest.mark.parametrize(
    "token",
    [
        forged(OTHER),
        forged(aud="someone-else"),
        forged(leave_out="exp"),
        forged(leave_out="sub"),
        forged(leave_out="aud"),
        forged(aud="profiles"),
        forged(leave_out="sid"),
        forged(leave_out="kind"),
        forged(kind="root"),
        forged(typ="JWT"),
        forged(leave_out="programme"),
        forged(exp="soon"),
        forged(exp=10**30),
        forged(roles=3),
        forged(sub=7),
        forged("", "none"),
        forged(KEY.public_key().public_bytes_raw(), "HS256"),
        issue()[:-4] + "AAAA",
        "",
        "a.b.c",
    ],
)
def test_all_invalid_tokens_are_refused_with_the_same_message(token: str) -> None:
    with pytest.raises(TokenRefused, match=r"^this token is not valid$"):
        verifier().verify(token)


def test_a_token_is_valid_for_a_quarter_of_an_hour_by_default() -> None:
    claims = jwt.decode(issue(), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == timedelta(minutes=15).total_seconds()


def test_a_token_carries_all_that_a_policy_asks_about() -> None:
    caller = Principal(
        "staff",
        "s7",
        "north",
        ("coordinator",),
        permissions=frozenset({"people:read", "matches:read"}),
        part="clinic",
        session="one",
        authenticated_at=CLOCK.now().replace(microsecond=0),
        second_factor_at=CLOCK.now().replace(microsecond=0) - timedelta(minutes=1),
    )
    token = TokenIssuer(KEY, audience=["matcher"], clock=CLOCK).issue(caller)
    assert verifier().verify(token) == caller


def test_keys_are_read_as_pem_or_as_raw_base64() -> None:
    pem = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    raw = base64.b64encode(b"k" * 32).decode()
    public = KEY.public_key()
    public_pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert read_private_key(pem).private_bytes_raw() == read_private_key(raw).private_bytes_raw()
    assert read_public_key(public_pem.decode()) == public


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "-----BEGIN NOTHING-----\n-----END NOTHING-----"])
def test_text_that_is_no_key_is_refused_with_a_message(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_public_key(text)
    with pytest.raises(ValueError, match=r"\w"):
        read_private_key(text)


def test_a_key_of_another_kind_is_refused() -> None:
    rsa = generate_private_key(65537, 1024)  # noqa: S505 - small because quickly made; it is refused anyway
    pem = rsa.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    with pytest.raises(ValueError, match="Ed25519"):
        read_private_key(pem)
