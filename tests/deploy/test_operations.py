"""The commands of docs/operations.md work, and its lists of metrics and fields are complete."""

import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.docs.metrics import declared_metrics, metric_name
from deploy.local.layout import SERVICES
from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import TopicPartition
from services.chassis.observability.logs import FIELDS
from services.chassis.storage.database import open_engine
from services.chassis.storage.inbox import DeadLetter, put_aside
from services.chassis.storage.job_queue import JobRequest, put_jobs
from services.chassis.storage.migrations import migrate
from services.chassis.storage.partition_alarms import count_dead, raise_alarm
from services.chassis.storage.tables import TABLES
from services.chassis.storage.unit_of_work import StoreBase, UnitOfWork
from services.events import topics
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("operations")
    urls = {service: f"sqlite:///{folder}/{service}.db" for service in SERVICES}
    for service, url in urls.items():
        migrate(url, ROOT / "services" / service / "adapters" / "migrations")
    return urls


COMMANDS = [
    command.replace("<name>", name)
    for command in re.findall(r"^python -m (services\.\S+ ops [^#\n]+)", PAGE, flags=re.MULTILINE)
    for name in (SERVICES if "<name>" in command else [""])
]
API_KEY = "<key id>"  # nobody has made one yet: tests/profiles/test_ops.py revokes one
NO_KEYS = "services.matcher ops keys"  # the matcher has no sealed texts


@pytest.fixture
def environment(databases: Mapping[str, str], tmp_path: Path) -> Mapping[str, str]:
    """Return what the commands need besides DATABASE_URL."""
    del databases
    return {"BROKER_URL": f"embedded://{tmp_path}/broker.db", "MAIL_URL": f"maildir://{tmp_path}/mails"}


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if not command.startswith(NO_KEYS) and API_KEY not in command]
)
def test_a_documented_ops_command_works(
    command: str, databases: Mapping[str, str], environment: Mapping[str, str], tmp_path: Path
) -> None:
    name = command.split(maxsplit=1)[0].removeprefix("services.")
    place = TopicPartition("cairn.people.v1", 3)
    uow = UnitOfWork(open_engine(databases[name]), StoreBase, source=f"/{name}")
    with uow.begin() as store:
        put_aside(store.connection, name, DeadLetter(place.topic, place.partition, 7, "BadRecord"), store.now)
        count_dead(store.connection, name, place)
        raise_alarm(store.connection, name, place, 8, "BadRecord", store.now)
        job = _given_up_job(store.connection, store.now)
    uow.engine.dispose()
    open_broker(environment["BROKER_URL"]).ensure_topics(topics.specs(1, 1))
    words = command.replace("<place>", f"{place.topic}/3/7").replace("<id>", str(job)).replace(" ...", "")
    words, _, redirected = words.partition("<" if "<" in words else ">")
    del redirected
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(words)],
        env={"ENVIRONMENT": "development", "DATABASE_URL": databases[name], **environment},
        input="nobody\n",
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    # 1 is the honest answer of ``redrive`` for a record that its topic does not hold
    assert done.returncode in ({0, 1} if "redrive" in words else {0}), done.stderr
    assert "Traceback" not in done.stderr


def _given_up_job(connection: sa.Connection, now: datetime) -> int:
    put_jobs(connection, [JobRequest("tell_everybody", "a-request", now, None)], now)
    connection.execute(TABLES.jobs.update().values(gave_up_at=now, last_error="ValueError"))
    return int(connection.execute(sa.select(TABLES.jobs.c.id)).scalar_one())


def test_no_statement_in_sql_is_left_to_operators() -> None:
    assert re.findall(r"`[^`]*\b(SELECT|UPDATE|DELETE FROM|INSERT)\s", PAGE) == []


def test_the_page_lists_exactly_the_existing_metrics() -> None:
    existing = {metric_name(metric).removesuffix("_total") for metric in declared_metrics()}
    documented = {name.removesuffix("_total") for name in re.findall(r"cairn_\w+", PAGE)}
    assert documented == existing


def test_the_page_lists_exactly_the_allowed_log_fields() -> None:
    section = PAGE.split("## Logs")[1].split("Lines to look for")[0]
    named = {word for line in re.findall(r"`([a-z_\s]+)`", section) for word in line.split()}
    assert named == FIELDS
