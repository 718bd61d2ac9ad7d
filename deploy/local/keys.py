"""Create the keys of one machine once, in a file beside its data that only its owner can read."""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


def local_keys(path: Path) -> dict[str, str]:
    """Return the keys as environment variables, read from ``path``, or created there the first time."""
    if path.exists():
        stored: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return stored
    keys = _new_keys()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys, file, indent=2)
    return keys


def _new_keys() -> dict[str, str]:
    signing = Ed25519PrivateKey.generate()
    private = signing.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "LINK_SECRET": secrets.token_urlsafe(48),
        "TOKEN_PRIVATE_KEY": base64.b64encode(private).decode(),
        "TOKEN_PUBLIC_KEY": base64.b64encode(public).decode(),
        "CONTACT_KEYS": json.dumps({"k1": base64.b64encode(secrets.token_bytes(32)).decode()}),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
