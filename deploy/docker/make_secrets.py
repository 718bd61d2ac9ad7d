"""``python -m deploy.docker.make_secrets deploy/secrets --mail-url smtp://…``: create a file for each secret.

Existing files stay as they are, so a second run only adds missing ones.
"""

import argparse
import base64
import hashlib
import hmac
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deploy.docker.database_roles import create_script
from deploy.local.keys import local_keys
from deploy.local.layout import SERVICES


def make_secrets(folder: Path, mail_url: str, *, database_host: str = "postgres:5432") -> list[Path]:
    """Write the missing files; return their paths. Only the owner can enter the folder; containers read the files."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    password = folder / "postgres_password"
    made = [password] if _write(password, secrets.token_urlsafe(32)) else []
    root = password.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as fresh:
        keys = {name.lower(): value for name, value in local_keys(Path(fresh) / "keys.json").items()}
    values = {**keys, **server_secrets(root, database_host), "mail_url": mail_url}
    return made + [folder / name for name, value in values.items() if _write(folder / name, value)]


def server_secrets(root: str, database_host: str) -> Mapping[str, str]:
    """Return what servers and their clients have to agree on: file name -> content, the same for the same ``root``."""
    accounts = {service: (derive(root, service), derive(root, f"{service}_owner")) for service in SERVICES}
    cache = derive(root, "redis")
    values = {"databases_sql": create_script(accounts), "redis_conf": f"requirepass {cache}\n"}
    values["redis_url"] = f"redis://:{cache}@redis:6379/0"
    for service, (password, owner_password) in accounts.items():
        place = f"{database_host}/{service}"
        values[f"{service}_database_url"] = f"postgresql+psycopg://{service}:{password}@{place}"
        values[f"{service}_migration_database_url"] = f"postgresql+psycopg://{service}_owner:{owner_password}@{place}"
    return values


def derive(root: str, account: str) -> str:
    """Return the password of an account, which reveals neither the root nor another account's password."""
    digest = hmac.new(root.encode(), f"password of {account}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _write(path: Path, value: str) -> bool:
    """Write a file unless it exists; return whether it was written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(value)
    except FileExistsError:
        return False
    path.chmod(0o444)  # the container's account can read it; the folder is closed to others
    return True


def main() -> int:
    """Create the files and print their paths."""
    parser = argparse.ArgumentParser(prog="python -m deploy.docker.make_secrets", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mail-url", required=True, help="smtp://name:password@host:587?starttls=1")
    parser.add_argument("--database-host", default="postgres:5432", help="host:port of PostgreSQL")
    options = parser.parse_args()
    for path in make_secrets(options.folder, options.mail_url, database_host=options.database_host):
        print(f"made {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
