"""``python -m deploy.local.ops matcher dead-letters list``: the ``ops`` commands for a system started by ``make run``.

The same as ``python -m services.matcher ops …`` with the environment of that service, which the runner saves in its
folder, readable only by its owner.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.layout import SERVICES

_FOLDER = Path("var/run")


def save_environment(folder: Path, service: str, environment: Mapping[str, str]) -> None:
    """Save the environment of a service, for ``main``."""
    place = _place(folder, service)
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(environment), file, indent=1)


def main(arguments: list[str] | None = None) -> int:
    """Replace this process by the service's own command; return 1 when nothing was started in the folder."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.ops", description="Operate what `make run` started.")
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="the folder of the run (var/run)")
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("words", nargs=argparse.REMAINDER, help="a command of ops, such as: dead-letters list")
    options = parser.parse_args(arguments)
    place = _place(options.folder, options.service)
    if place.exists():
        os.environ.update(json.loads(place.read_text(encoding="utf-8")))
        command = [sys.executable, "-m", f"services.{options.service}", "ops", *options.words]
        os.execv(sys.executable, command)  # noqa: S606 - our own module, no shell
    sys.stderr.write(f"Nothing was started in {options.folder} yet: `make run` first.\n")
    return 1


def _place(folder: Path, service: str) -> Path:
    return folder / "environments" / f"{service}.json"


if __name__ == "__main__":
    sys.exit(main())
