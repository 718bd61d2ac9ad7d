"""The real Kafka, PostgreSQL and Redis under the tests marked `stack`, and a mail server that delivers nothing.

`python -m tests.support.stack run -- pytest …` starts each server once, names it in the environment for everything the
command starts (all xdist workers share them), stops them all and passes the exit code on. A server whose variable is
set already is used as it is. Tests ask the functions below, and get names of their own: a database, a space on Kafka, a
numbered Redis database. Where a server is missing the test is skipped with the reason; with `CI` set it fails.
"""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from pathlib import Path
from typing import NoReturn

import pytest

from deploy.local.layout import SERVICES, Parts

KAFKA = "CAIRN_TEST_KAFKA"
POSTGRES = "CAIRN_TEST_POSTGRES"
REDIS = "CAIRN_TEST_REDIS"
REASON = "_MISSING_BECAUSE"  # set by the runner behind the name of a server it could not have
JARS = Path(__file__).resolve().parents[2] / "var" / "jars"


def kafka_bootstrap() -> str:
    """Return `host:port` of the Kafka that all tests share; use names that nobody else uses, or `kafka_url`."""
    return _need(KAFKA)


def kafka_url() -> str:
    """Return the address, for `open_broker`, of a space on Kafka that no other test knows."""
    return f"kafka://{kafka_bootstrap()}/{_unique('space')}"


def postgres_url() -> str:
    """Return the URL of an empty PostgreSQL database that no other test knows."""
    from deploy.local.postgres import create_database

    return create_database(_need(POSTGRES), _unique("test"))


def redis_url() -> str:
    """Return the URL of an empty Redis database; there are 63, given out in turn."""
    import redis

    server = _need(REDIS)
    with redis.Redis.from_url(server) as connection:
        number = int(str(connection.incr("databases given out"))) % 63 + 1
    url = f"{server.rpartition('/')[0]}/{number}"
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


def real_parts() -> Parts:
    """Return fresh parts for a whole system: a database per service, a space on Kafka, a Redis database."""
    return Parts(databases={service: postgres_url() for service in SERVICES}, broker=kafka_url(), cache=redis_url())


def _need(server: str) -> str:
    address = os.environ.get(server)
    return address or _go_without(server)


def _go_without(server: str) -> NoReturn:
    reason = os.environ.get(server + REASON, "start it with `make test`, or name one yourself")
    message = f"NOT TESTED AGAINST THE REAL THING: {server} is not set ({reason})"
    if os.environ.get("CI"):
        pytest.fail(f"{message}; with CI set this is a failure", pytrace=False)
    pytest.skip(message)


def _unique(word: str) -> str:
    return f"{word}_{uuid.uuid4().hex[:12]}"


def main(arguments: list[str]) -> int:
    """Run a command on the stack."""
    from tests.support.stack_runner import run_on_stack

    parser = argparse.ArgumentParser(prog="python -m tests.support.stack", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    run = commands.add_parser("run", help="start all servers, run a command with their addresses, stop them all")
    run.add_argument("command", nargs="+", metavar="-- COMMAND", help="the command and its arguments")
    return run_on_stack(parser.parse_args(arguments).command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
