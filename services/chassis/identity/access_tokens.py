"""Access tokens: short JSON Web Tokens signed with Ed25519 (RFC 8037, RFC 9068); one service issues, all verify.

Only the issuer holds the private key, so a break-in at a verifying service cannot mint tokens. A token names the
services that it opens (``aud``) and the session that it belongs to (``sid``), which may have ended before it expires.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.chassis.core.clock import Clock, SystemClock
from services.chassis.identity.principal import Principal

T = TypeVar("T")

LIFE = timedelta(minutes=15)
"""The life of an access token; a session renews it."""

_ALGORITHM = "EdDSA"
_TYPE = "at+jwt"  # RFC 9068: no other kind of token of the same key is taken for an access token
_KINDS = {"person", "staff", "key"}
_REQUIRED = ["exp", "iat", "sub", "aud", "sid", "jti"]
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class TokenRefused(Exception):
    """A token is wrong, expired or for another audience; callers cannot see which."""


def read_private_key(text: str) -> Ed25519PrivateKey:
    """Return the key in ``text``, PEM or base64 of 32 raw bytes; raise ValueError without showing it."""
    if text.lstrip().startswith("-----"):
        key = serialization.load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("has to be an Ed25519 key")
        return key
    return Ed25519PrivateKey.from_private_bytes(_raw_bytes(text))


def read_public_key(text: str) -> Ed25519PublicKey:
    """Return the key in ``text``, PEM or base64 of 32 raw bytes; raise ValueError without showing it."""
    if text.lstrip().startswith("-----"):
        key = serialization.load_pem_public_key(text.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("has to be an Ed25519 key")
        return key
    return Ed25519PublicKey.from_public_bytes(_raw_bytes(text))


def _raw_bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise ValueError("has to be PEM or base64 of 32 bytes") from None
    if len(raw) != 32:
        raise ValueError(f"has {len(raw)} bytes instead of 32")
    return raw


def _key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(*_RAW)).hexdigest()[:16]


class TokenIssuer:
    """Issues tokens for authenticated callers; ``audience`` is the services that they open unless stated."""

    def __init__(
        self, private_key: str | Ed25519PrivateKey, *, audience: Sequence[str], clock: Clock | None = None
    ) -> None:
        self._key = read_private_key(private_key) if isinstance(private_key, str) else private_key
        self._key_id = _key_id(self._key.public_key())
        self._audience = tuple(audience)
        self._clock = clock or SystemClock()

    def issue(self, principal: Principal, *, ttl: timedelta = LIFE, audience: Sequence[str] | None = None) -> str:
        """Return a token for a caller that expires after ``ttl``."""
        now = self._clock.now()
        claims = {
            "aud": list(self._audience if audience is None else audience),
            "sub": principal.id,
            "jti": str(uuid.uuid4()),
            "kind": principal.kind,
            "programme": principal.programme,
            "part": principal.part,
            "roles": list(principal.roles),
            "scope": " ".join(sorted(principal.permissions)),
            "sid": principal.session,
            "auth_time": _seconds(principal.authenticated_at),
            "second_factor_time": _seconds(principal.second_factor_at),
            "iat": int(now.timestamp()),
            "exp": int((now + ttl).timestamp()),
        }
        given = {name: value for name, value in claims.items() if value not in (None, "", [])}
        return jwt.encode(given, self._key, algorithm=_ALGORITHM, headers={"kid": self._key_id, "typ": _TYPE})


class TokenVerifier:
    """Reads tokens that are meant for ``service``; several public keys may be given while keys rotate."""

    def __init__(self, *public_keys: str | Ed25519PublicKey, service: str, clock: Clock | None = None) -> None:
        keys = [read_public_key(key) if isinstance(key, str) else key for key in public_keys]
        self._keys = {_key_id(key): key for key in keys}
        self._service = service
        self._clock = clock or SystemClock()

    def verify(self, token: str) -> Principal:
        """Return the caller of a token; raise ``TokenRefused`` unless it is genuine, for us and not expired."""
        try:
            header = jwt.get_unverified_header(token)
            if header["typ"] != _TYPE:
                raise TokenRefused("this token is not valid")
            # The expiry is checked here and not by the library, which reads the wall clock by itself.
            options: Any = {"require": _REQUIRED, "verify_exp": False, "verify_iat": False}
            key = self._keys[header["kid"]]
            claims = jwt.decode(token, key, algorithms=[_ALGORITHM], audience=self._service, options=options)
            ends, caller = _moment(claims["exp"]), _principal(claims)
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, OverflowError, OSError) as problem:
            raise TokenRefused("this token is not valid") from problem
        if self._clock.now() >= ends:
            raise TokenRefused("this token is not valid")
        return caller


def _principal(claims: Mapping[str, Any]) -> Principal:
    kind = claims["kind"]
    if kind not in _KINDS:
        raise ValueError("unknown kind of caller")
    return Principal(
        kind,
        str(claims["sub"]),
        str(claims["programme"]),
        roles=tuple(str(role) for role in claims.get("roles", [])),
        permissions=frozenset(str(claims.get("scope", "")).split()),
        part=_optional(claims, "part", str),
        session=str(claims["sid"]),
        authenticated_at=_optional(claims, "auth_time", _moment),
        second_factor_at=_optional(claims, "second_factor_time", _moment),
    )


def _optional(claims: Mapping[str, Any], name: str, read: Callable[[Any], T]) -> T | None:
    return read(claims[name]) if name in claims else None


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
