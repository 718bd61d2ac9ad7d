"""Run each contract test on both brokers (on Kafka with its own topic prefix) and on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import kafka
import pytest
import sqlalchemy as sa
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)

from deploy.local.kafka import KafkaNode
from services.chassis.storage.database import open_engine
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import Shop, open_shop
from tests.contract.brokers import BrokerHarness
from tests.support import stack

KAFKA = pytest.param("kafka", marks=pytest.mark.stack)
BROKERS = [pytest.param("embedded"), KAFKA]
WITH_TLS = [*BROKERS, pytest.param("kafka_tls", marks=pytest.mark.stack)]
DATABASES = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture(params=WITH_TLS)
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerHarness]:
    """Yield an empty broker; Kafka also over TLS, for a user with rights to its own names only."""
    if request.param == "kafka_tls":
        harness = over_tls()
    else:
        harness = BrokerHarness(stack.kafka_url() if request.param == "kafka" else f"embedded://{tmp_path}/broker.db")
    yield harness
    harness.close()


def over_tls() -> BrokerHarness:
    """Return a harness of a new user who may do anything within a new prefix, and nothing else."""
    listeners, space = stack.kafka_tls(), stack.kafka_url().rpartition("/")[2]
    rules = [
        ACL(
            f"User:{space}",
            "*",
            ACLOperation.ALL,
            ACLPermissionType.ALLOW,
            ResourcePattern(kind, f"{space}.", ACLResourcePatternType.PREFIXED),
        )
        for kind in (ResourceType.TOPIC, ResourceType.GROUP)
    ]
    admin = kafka.KafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap())
    admin.alter_user_scram_credentials([UserScramCredentialUpsertion(space, "SCRAM-SHA-512", "a word")])
    assert not admin.create_acls(rules)["failed"]
    admin.close()
    return BrokerHarness(f"kafka://{listeners.sasl}/{space}", settings=listeners.client(space, "a word"))


@pytest.fixture(params=BROKERS)
def restartable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerHarness]:
    """Yield a broker that can be killed and restarted without disturbing other tests."""
    if request.param == "kafka":
        node: KafkaNode = request.getfixturevalue("own_node")

        def kill_and_start() -> None:
            node.kill()
            node.start()

        harness = BrokerHarness(f"kafka://{node.address}/{tmp_path.name}", restart=kill_and_start)
    else:
        # The embedded broker runs inside the processes that use it, so there is no server to kill.
        harness = BrokerHarness(f"embedded://{tmp_path}/broker.db", restart=lambda: None)
    yield harness
    harness.close()


@pytest.fixture(scope="session")
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaNode]:
    """Yield a Kafka node that no other worker uses."""
    stack.kafka_bootstrap()  # skip the test where Kafka cannot be started
    with KafkaNode(tmp_path_factory.mktemp("kafka"), jars=stack.JARS) as node:
        yield node


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database that only this test uses."""
    return stack.postgres_url() if request.param == "postgres" else f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Yield an engine for that database, opened as services open theirs."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def uow(engine: sa.Engine) -> UnitOfWork[Shop]:
    """Return the unit of work of a new shop."""
    return open_shop(engine)
