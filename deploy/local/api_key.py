"""The API key of this machine: created when the databases are ready, and exchanged for access tokens.

It may do everything, so its file is readable by its owner only; a new start replaces it. In production the programme
creates keys with few permissions (docs/operations.md).
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.demo.client import Client

_COMMAND = ("ops", "api-keys", "create", "--name", "development", "--days", "30", "--replace")


class NoKey(Exception):
    """The key could not be created; the message says why."""


def create_key(place: Path, environment: Mapping[str, str]) -> None:
    """Create the key with the command of profiles, and store it in the file ``place``."""
    command = [sys.executable, "-m", "services.profiles", *_COMMAND]
    made = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise NoKey(f"The API key of this machine could not be created:\n{made.stderr[-2000:]}")
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made.stdout.strip() + "\n")


def exchange_key(client: Client, key: str) -> str:
    """Return an access token for a key; it is good for a quarter of an hour. Raises Refused for a wrong key."""
    return str(client.post("/profiles/v1/tokens", {"api_key": key}).body["access_token"])
