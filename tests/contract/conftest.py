"""Each story of a contract runs on both: both brokers, on Kafka in a space of its own, and both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.local.kafka import KafkaNode
from services.chassis.storage.database import open_engine
from tests.contract.brokers import Ground
from tests.support import stack

BROKERS = [pytest.param("embedded"), pytest.param("kafka", marks=pytest.mark.stack)]
DATABASES = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture(params=BROKERS)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """A broker with nothing in it."""
    url = stack.kafka_url() if request.param == "kafka" else f"embedded://{tmp_path}/broker.db"
    ground = Ground(url)
    yield ground
    ground.clean_up()


@pytest.fixture(params=BROKERS)
def restartable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """A broker that can be killed and started again without disturbing others."""
    if request.param == "kafka":
        node: KafkaNode = request.getfixturevalue("own_node")

        def kill_and_start() -> None:
            node.kill()
            node.start()

        ground = Ground(f"kafka://{node.address}/{tmp_path.name}", restart=kill_and_start)
    else:
        # The embedded broker lives in the processes that use it: there is nothing to kill but them.
        ground = Ground(f"embedded://{tmp_path}/broker.db", restart=lambda: None)
    yield ground
    ground.clean_up()


@pytest.fixture(scope="session")
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaNode]:
    """A Kafka node that no other worker uses."""
    stack.kafka_bootstrap()  # where the shared one cannot be had, this one cannot either
    with KafkaNode(tmp_path_factory.mktemp("kafka"), jars=stack.JARS) as node:
        yield node


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of the test's own."""
    return stack.postgres_url() if request.param == "postgres" else f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """The way to that database, opened as services open theirs."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()
