"""Create the keys of one machine once, in a file beside its data that only its owner can read."""

import base64
import json
import os
import secrets
from pathlib import Path

from deploy.local.layout import SERVICES
from services.chassis.delivery.signatures import public_half


def local_keys(path: Path) -> dict[str, str]:
    """Return the keys, read from ``path``; those that it lacks, as at the first time, are created there.

    They are environment variables, except ``<SERVICE>_EVENT_PRIVATE_KEY``, the EVENT_PRIVATE_KEY of that service.
    """
    stored: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    keys = {**_new_keys(), **stored}
    if keys != stored:
        path.parent.mkdir(parents=True, exist_ok=True)
        arriving = path.with_suffix(".arriving")
        arriving.unlink(missing_ok=True)
        descriptor = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(keys, file, indent=2)
        arriving.replace(path)
    return keys


def _new_keys() -> dict[str, str]:
    private, public = _new_pair()
    pairs = {service: _new_pair() for service in SERVICES}
    return {
        "LINK_SECRET": secrets.token_urlsafe(48),
        "TOKEN_PRIVATE_KEY": private,
        "TOKEN_PUBLIC_KEY": public,
        "CONTACT_KEYS": json.dumps({"k1": base64.b64encode(secrets.token_bytes(32)).decode()}),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        **{f"{service.upper()}_EVENT_PRIVATE_KEY": pair[0] for service, pair in pairs.items()},
        "EVENT_PUBLIC_KEYS": json.dumps({service: [pair[1]] for service, pair in pairs.items()}),
    }


def _new_pair() -> tuple[str, str]:
    """Return a new Ed25519 key pair, private and public, as base64."""
    private = base64.b64encode(secrets.token_bytes(32)).decode()  # any 32 bytes are a private key (RFC 8032)
    return private, public_half(private)
