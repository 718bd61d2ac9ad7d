"""``python -m deploy.docker.make_secrets deploy/secrets --mail-url smtp://…``: create a file for each secret.

Existing files stay as they are, so a second run only adds missing ones.
"""

import argparse
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deploy.local.keys import local_keys
from deploy.local.layout import SERVICES


def make_secrets(folder: Path, mail_url: str, *, database_host: str = "postgres:5432") -> list[Path]:
    """Write the missing files; return their paths. Only the owner can enter the folder; containers read the files."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    passwords = [folder / "postgres_password", folder / "redis_password"]
    made = [path for path in passwords if _write(path, secrets.token_urlsafe(24))]
    postgres, redis = (path.read_text(encoding="utf-8") for path in passwords)
    values = fresh_secrets(postgres, redis, mail_url, database_host)
    return made + [folder / name for name, value in values.items() if _write(folder / name, value)]


def fresh_secrets(postgres: str, redis: str, mail_url: str, database_host: str) -> Mapping[str, str]:
    """Return new secrets for these passwords of the servers: file name -> value."""
    with tempfile.TemporaryDirectory() as folder:
        keys = local_keys(Path(folder) / "keys.json")
    urls = {
        f"{service}_database_url": f"postgresql+psycopg://cairn:{postgres}@{database_host}/{service}"
        for service in SERVICES
    }
    return (
        {name.lower(): value for name, value in keys.items()}
        | urls
        | {"mail_url": mail_url, "redis_url": f"redis://:{redis}@redis:6379/0"}
    )


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
