"""Make the keys that one machine needs once, and keep them beside its data, readable by their owner only."""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


def local_keys(path: Path) -> dict[str, str]:
    """The keys as environment variables: read from ``path``, or made and written there the first time."""
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept
    made = _new_keys()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file, indent=2)
    return made


def _new_keys() -> dict[str, str]:
    signing = Ed25519PrivateKey.generate()
    private = signing.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "ADMIN_TOKEN": secrets.token_urlsafe(32),
        "LINK_SECRET": secrets.token_urlsafe(48),
        "TOKEN_PRIVATE_KEY": base64.b64encode(private).decode(),
        "TOKEN_PUBLIC_KEY": base64.b64encode(public).decode(),
        "CONTACT_KEYS": json.dumps({"k1": base64.b64encode(secrets.token_bytes(32)).decode()}),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
