"""The real Kafka, PostgreSQL and Redis for the tests marked ``stack``.

``python -m tests.support.stack run -- pytest …`` starts each server once, sets its address in the environment of the
command (all xdist workers share the servers), stops them all and returns the exit code of the command. A server whose
variable is already set is used as it is. The functions below give each test its own names: a database, a topic prefix
on Kafka, a numbered Redis database. Without a server, its tests are skipped with the reason; with ``CI`` set they fail.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from deploy.local.layout import SERVICES, Parts
from services.chassis.broker.kafka.security import KafkaSecurity

if TYPE_CHECKING:
    from services.chassis.service.service import Service

KAFKA = "CAIRN_TEST_KAFKA"
KAFKA_TLS = "CAIRN_TEST_KAFKA_TLS"  # set by the runner for the Kafka that it starts; a JSON of ``KafkaTls``
POSTGRES = "CAIRN_TEST_POSTGRES"
REDIS = "CAIRN_TEST_REDIS"
REASON = "_MISSING_BECAUSE"  # the runner sets server name + REASON when it could not start that server
JARS = Path(__file__).resolve().parents[2] / "var" / "jars"


def kafka_bootstrap() -> str:
    """Return ``host:port`` of the Kafka that all tests share; use unique names there, or ``kafka_url``."""
    return _address_of(KAFKA)


def kafka_url() -> str:
    """Return the URL, for ``open_broker``, of a topic prefix on Kafka that no other test uses."""
    return f"kafka://{kafka_bootstrap()}/{_unique('space')}"


@dataclass(frozen=True)
class KafkaTls:
    """The listeners with TLS of the Kafka that all tests share: for passwords, and for the ``certificates``."""

    sasl: str
    tls: str
    certificates: str

    def client(self, user: str, password: str) -> Mapping[str, object]:
        """Return the settings of a client with a password."""
        ca_file = f"{self.certificates}/ca.pem"
        return KafkaSecurity(security="sasl_tls", ca_file=ca_file, user=user, password=password).client_settings()


def kafka_tls() -> KafkaTls:
    """Return the listeners with TLS and access rules."""
    return KafkaTls(**json.loads(_address_of(KAFKA_TLS)))


def postgres_url() -> str:
    """Return the URL of an empty PostgreSQL database that no other test uses."""
    from deploy.local.postgres import create_database

    return create_database(_address_of(POSTGRES), _unique("test"))


def separated_url() -> str:
    """Return the URL of an empty PostgreSQL database, for the account that runs a service; ``owner_url`` migrates."""
    import psycopg

    from deploy.docker.database_roles import create_statements

    server, name = _address_of(POSTGRES), _unique("test")
    with psycopg.connect(server.replace("+psycopg", "", 1), autocommit=True) as connection:
        for statement in create_statements(name, password=name, owner_password=name):
            connection.execute(statement)
    return f"postgresql+psycopg://{name}:{name}@{server.rpartition('@')[2].rpartition('/')[0]}/{name}"


def owner_url(url: str) -> str:
    """Return the URL for the owner of a database of ``separated_url``; any other URL is its own owner's."""
    return re.sub(r"//(test_\w+):", r"//\1_owner:", url)


def migrate_as_in_production(url: str, service: Service[Any, Any]) -> str:
    """Migrate a database as its owner, with the rights of the account that runs ``service``; return ``url``."""
    from services.chassis.storage.rights import migrate_as_owner

    owner = owner_url(url)
    migrate_as_owner(url, "" if owner == url else owner, service.migrations, service.append_only)
    return url


def redis_url() -> str:
    """Return the URL of an empty Redis database; 63 are assigned in turn."""
    import redis

    server = _address_of(REDIS)
    with redis.Redis.from_url(server) as connection:
        number = int(str(connection.incr("databases given out"))) % 63 + 1
    url = f"{server.rpartition('/')[0]}/{number}"
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


def real_parts() -> Parts:
    """Return new parts for a whole system: a database per service, a topic prefix on Kafka, a Redis database."""
    databases = {service: separated_url() for service in SERVICES}
    owners = {service: owner_url(url) for service, url in databases.items()}
    return Parts(databases=databases, owners=owners, broker=kafka_url(), cache=redis_url())


def _address_of(server: str) -> str:
    address = os.environ.get(server)
    return address or _skip_or_fail(server)


def _skip_or_fail(server: str) -> NoReturn:
    reason = os.environ.get(server + REASON, "start it with `make test`, or name one yourself")
    message = f"NOT TESTED AGAINST THE REAL THING: {server} is not set ({reason})"
    if os.environ.get("CI"):
        pytest.fail(f"{message}; with CI set this is a failure", pytrace=False)
    pytest.skip(message)


def _unique(word: str) -> str:
    return f"{word}_{uuid.uuid4().hex[:12]}"


def main(arguments: list[str]) -> int:
    """Run a command with the stack; return its exit code."""
    from tests.support.stack_runner import run_on_stack

    parser = argparse.ArgumentParser(prog="python -m tests.support.stack", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    run = commands.add_parser("run", help="start all servers, run a command with their addresses, stop them all")
    run.add_argument("command", nargs="+", metavar="-- COMMAND", help="the command and its arguments")
    return run_on_stack(parser.parse_args(arguments).command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
