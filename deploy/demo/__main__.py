"""``make demo``: fill a running system with a realistic programme and print the results.

The same seed gives the same people with the same answers. Everything goes through the public API, or through the links
in the mails for mentors who prefer those.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from deploy.demo.answers import Actor, Answering
from deploy.demo.client import Client, Refused, Unreachable
from deploy.demo.population import programme
from deploy.demo.progress import Progress
from deploy.demo.table import table
from deploy.local.api_key import exchange_key

_THREADS = 4
_QUIET_SECONDS = 3.0
_TIMEOUT_SECONDS = 300.0


def main(arguments: list[str] | None = None) -> int:
    """Run the demonstration; return 0 after printing the table, or 1 after printing why it could not run."""
    options = _parser().parse_args(arguments)
    client = Client(options.url)
    try:
        admin = exchange_key(client, _api_key(options.key_file))
        client.get("/matcher/v1/stats", token=admin)
        _demonstrate(client, admin, options)
    except (Unreachable, FileNotFoundError):
        print(f"Cairn does not answer at {options.url}: start it first, with `make run` in another terminal.")
        return 1
    except Refused as refused:
        print(f"Cairn refused what the demonstration asked: {refused}")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--url", default="http://localhost:8080")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same people")
    parser.add_argument("--mentors", type=int, default=60)
    parser.add_argument("--mentees", type=int, default=200)
    parser.add_argument("--key-file", type=Path, default=Path("var/run/api-key"), help="where make run keeps its key")
    return parser


def _api_key(place: Path) -> str:
    """Return the API key from API_KEY, or the one that ``make run`` created on this machine."""
    return os.environ.get("API_KEY") or place.read_text(encoding="utf-8").strip()


def _demonstrate(client: Client, admin: str, options: argparse.Namespace) -> None:
    people = programme(options.seed, options.mentors, options.mentees)
    began = time.monotonic()
    mentors = _mentors(client, admin, people.mentors, options.seed)
    mentees: dict[str, Actor] = {}
    answering = Answering(client, admin, mentors, mentees, options.seed)
    answering.start()
    try:
        _mentees(client, people.mentees, mentees, options.seed)
        _until_quiet(client, admin, answering, mentees)
    finally:
        answering.stop()
    print(table(client, admin, answering, mentees, mentors, time.monotonic() - began))


def _mentors(client: Client, admin: str, bodies: list[dict[str, Any]], seed: int) -> dict[str, Actor]:
    """Let every mentor apply and the admin approve them; return the mentors by id."""
    progress = Progress("mentors apply", len(bodies))

    def apply(numbered: tuple[int, dict[str, Any]]) -> Actor:
        number, body = numbered
        made = client.post("/profiles/v1/mentors", body, key=f"demo-{seed}-mentor-{number}").body
        approval = {
            "decision": "approved",
            "reason": "Met at the demonstration.",
            "trained_until": f"{time.gmtime().tm_year + 2}-12-31",
        }
        client.post(
            f"/profiles/v1/mentors/{made['id']}/approval",
            approval,
            token=admin,
            key=f"demo-{seed}-approval-{made['id']}",
        )
        dice = random.Random(f"{seed}:character:{number}")
        return Actor(
            made["id"],
            made["access_token"],
            body["contact"]["email"],
            likely=dice.choice((0.6, 0.8, 0.9, 0.95)),
            by_link=dice.random() < 0.2,
        )

    return _signed_up(apply, bodies, progress, {})


def _mentees(client: Client, bodies: list[dict[str, Any]], into: dict[str, Actor], seed: int) -> None:
    """Sign up every mentee and add them to ``into``, while mentors already answer."""
    progress = Progress("mentees sign up", len(bodies))

    def sign_up(numbered: tuple[int, dict[str, Any]]) -> Actor:
        number, body = numbered
        made = client.post("/profiles/v1/mentees", body, key=f"demo-{seed}-mentee-{number}").body
        return Actor(made["id"], made["access_token"], body["contact"]["email"], likely=1.0, by_link=False)

    _signed_up(sign_up, bodies, progress, into)


def _signed_up(
    sign_up: Any, bodies: list[dict[str, Any]], progress: Progress, into: dict[str, Actor]
) -> dict[str, Actor]:
    with ThreadPoolExecutor(_THREADS) as pool:
        for actor in pool.map(sign_up, enumerate(bodies)):
            into[actor.id] = actor
            progress.step()
    progress.finish()
    return into


def _until_quiet(client: Client, admin: str, answering: Answering, mentees: Mapping[str, Actor]) -> None:
    """Wait until no state has changed and no answer has been outstanding for a few seconds."""
    progress = Progress("mentees matched", len(mentees))
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    quiet_since: float | None = None
    previous: tuple[Any, ...] = ()
    while time.monotonic() < deadline and answering.trouble is None:
        stats = client.get("/matcher/v1/stats", token=admin)
        states = stats["matches"]
        progress.step(min(states.get("active", 0), len(mentees)))
        now = (tuple(sorted(states.items())), tuple(sorted(stats["waiting"].items())), answering.outstanding())
        settled = now[-1] == 0 and now == previous and not stats["waiting"].get("next_round")
        previous = now
        quiet_since = (quiet_since or time.monotonic()) if settled else None
        if quiet_since and time.monotonic() - quiet_since > _QUIET_SECONDS:
            break
        time.sleep(0.5)
    progress.finish()


if __name__ == "__main__":
    sys.exit(main())
