"""Field encryption: single values sealed with AES-256-GCM, and a blind index to look them up.

Each sealed value names its key (``k1.…``), so keys rotate without downtime: put the new key first, and keep the old one
while values sealed with it remain; a value is sealed with the new key when it is next written. The context (for example
``contact:email:<id>``) is authenticated with the value: a sealed text that is moved to another row or column does not
open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes, the size NIST SP 800-38D recommends for GCM
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong context or altered text. Callers cannot see which."""


def read_keys(text: str) -> dict[str, bytes]:
    """Return the keys of a JSON object ``{"k2": "<base64 of 32 bytes>", "k1": ...}``, the first being current.

    Raises ValueError that states what to correct, never a key.
    """
    try:
        keys = json.loads(text)
    except ValueError:
        raise ValueError('has to be JSON such as {"k1": "<base64 of 32 bytes>"}') from None
    if not isinstance(keys, dict) or not keys:
        raise ValueError("has to be a JSON object with at least one key")
    return {key_id: _key(key_id, value) for key_id, value in keys.items()}


def _key(key_id: str, value: object) -> bytes:
    if not _KEY_ID.fullmatch(key_id):
        raise ValueError("has a key id that is not 1 to 16 letters, digits, - or _")
    try:
        raw = base64.b64decode(str(value), validate=True)
    except ValueError:
        raise ValueError(f"key {key_id} is not base64") from None
    if len(raw) != 32:
        raise ValueError(f"key {key_id} has {len(raw)} bytes instead of 32")
    return raw


class FieldCipher:
    """Seals and opens single texts; ``keys`` maps key id to 32 bytes, and the first key seals."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("a cipher needs at least one key")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = next(iter(keys))

    def seal(self, text: str, context: str) -> str:
        """Return ``text`` sealed for ``context``, as ``<key id>.<base64url>``; different each time, even if equal."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), _associated_data(self._current, context))
        return f"{self._current}.{base64.urlsafe_b64encode(nonce + sealed).rstrip(b'=').decode()}"

    def open(self, sealed: str, context: str) -> str:
        """Return the text sealed for ``context``; raise ``SealBroken`` if the value does not open."""
        key_id, _, body = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            if cipher is None or len(raw) <= _NONCE:
                raise SealBroken("this sealed value cannot be opened")
            return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _associated_data(key_id, context)).decode()
        except (InvalidTag, ValueError) as problem:
            raise SealBroken("this sealed value cannot be opened") from problem

    @property
    def current_key(self) -> str:
        """Return the id of the key that seals."""
        return self._current

    def reseal(self, sealed: str, context: str) -> str:
        """Return the same text sealed with the current key."""
        return self.seal(self.open(sealed, context), context)


class BlindIndex:
    """Hashes values so that their sealed form can be found: HMAC-SHA-256, useless without the key.

    The first key is current; hashes of the others are still found while keys rotate.
    """

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("an index needs keys of at least 32 bytes")
        self._keys = keys

    def of(self, normalised: str) -> str:
        """Return the current hash of an already normalised value, as 64 hexadecimal characters."""
        return self.all_of(normalised)[0]

    def all_of(self, normalised: str) -> tuple[str, ...]:
        """Return the hash with each key, the current one first, to look a value up."""
        return tuple(hmac.new(key, normalised.encode(), hashlib.sha256).hexdigest() for key in self._keys)


def _associated_data(key_id: str, context: str) -> bytes:
    return f"{key_id}\x00{context}".encode()
