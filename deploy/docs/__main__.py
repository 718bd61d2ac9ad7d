"""``make docs``: write the generated documents; with ``--check``, only list those that differ from the code."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.docs.asyncapi import asyncapi_document
from deploy.docs.events import event_schemas, events_page
from deploy.docs.metrics import metrics_page
from deploy.docs.openapi import openapi_documents
from deploy.docs.routes import routes_page
from deploy.docs.settings import settings_page
from deploy.kafka.grants import access_file

ROOT = Path(__file__).parents[2]


def documents() -> Mapping[Path, str]:
    """Return the content of every generated file by its path in the repository."""
    made = {Path("services/events/schemas") / name: text for name, text in event_schemas().items()}
    made[Path("docs/events.md")] = events_page()
    made[Path("deploy/kafka/access.json")] = access_file()
    made[Path("docs/asyncapi.json")] = asyncapi_document()
    made[Path("docs/settings.md")] = settings_page()
    made[Path("docs/metrics.md")] = metrics_page()
    made[Path("docs/routes.md")] = routes_page()
    made |= {Path("docs/api") / name: text for name, text in openapi_documents().items()}
    return made


def stale(made: Mapping[Path, str]) -> list[Path]:
    """Return the files that are missing, differ, or belong to a removed event."""
    differing = [path for path, text in made.items() if not _has_content(ROOT / path, text)]
    left_over = [
        path.relative_to(ROOT)
        for path in (ROOT / "services/events/schemas").glob("*.json")
        if path.relative_to(ROOT) not in made
    ]
    return sorted(differing + left_over)


def _has_content(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def main() -> int:
    """Write or check the documents; return 1 when a check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m deploy.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is stale")
    options = parser.parse_args()
    made = documents()
    differing = stale(made)
    if options.check:
        for path in differing:
            print(f"{path} is not what the code says: run `make docs`.")
        return 1 if differing else 0
    for path in differing:
        target = ROOT / path
        if path not in made:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
