"""The statements and commands of docs/operations.md work, and its lists of metrics and fields are complete."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.local.layout import SERVICES
from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import TopicPartition
from services.chassis.observability import background_metrics, metrics
from services.chassis.observability.logs import FIELDS
from services.chassis.storage.database import open_engine
from services.chassis.storage.inbox import DeadLetter, put_aside
from services.chassis.storage.migrations import migrate
from services.chassis.storage.partition_alarms import count_dead, raise_alarm
from services.chassis.storage.unit_of_work import StoreBase, UnitOfWork

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
FOR_EVERY_SERVICE = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)
INLINE_STATEMENTS = [
    " ".join(statement.split()) for statement in re.findall(r"`((?:SELECT|UPDATE|DELETE FROM)\s[^`]+)`", PAGE)
]
SNIPPETS = re.findall(r"<<'END'\n(.*?)END\n", PAGE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("operations")
    urls = {service: f"sqlite:///{folder}/{service}.db" for service in SERVICES}
    for service, url in urls.items():
        migrate(url, ROOT / "services" / service / "adapters" / "migrations")
    return urls


def _runs(url: str, statement: str) -> bool:
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()
    return True


@pytest.mark.parametrize("statement", FOR_EVERY_SERVICE)
def test_a_statement_block_runs_on_every_database(statement: str, databases: Mapping[str, str]) -> None:
    assert all(_runs(url, statement) for url in databases.values())


@pytest.mark.parametrize("statement", INLINE_STATEMENTS)
def test_an_inline_statement_runs_on_some_database(statement: str, databases: Mapping[str, str]) -> None:
    assert any(_runs(url, statement) for url in databases.values())


def _run_snippet(snippet: str, url: str, tmp_path: Path) -> str:
    environment = {"DATABASE_URL": url, "BROKER_URL": f"embedded://{tmp_path}/broker.db"}
    done = subprocess.run(
        [sys.executable, "-"],
        input=snippet,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _run_ops(words: str, url: str, tmp_path: Path) -> str:
    """Run a command of the page with the environment of the matcher; return its output."""
    command = words.replace("<name>", "matcher").split("#")[0].split()[1:]
    done = subprocess.run(
        [sys.executable, *command],
        env={"DATABASE_URL": url, "BROKER_URL": f"embedded://{tmp_path}/broker.db"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


COMMANDS = re.findall(r"^python -m services.<name> ops .*$", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: "-".join(words.split()[4:6]))
def test_the_documented_ops_commands_work(words: str, databases: Mapping[str, str], tmp_path: Path) -> None:
    from services.matcher.bootstrap import SERVICE

    place = TopicPartition("cairn.people.v1", 3)
    uow = UnitOfWork(open_engine(databases["matcher"]), StoreBase, source="/matcher")
    with uow.begin() as store:
        put_aside(store.connection, "matcher", DeadLetter(place.topic, place.partition, 7, "BadRecord"), store.now)
        count_dead(store.connection, "matcher", place)
        raise_alarm(store.connection, "matcher", place, 8, "BadRecord", store.now)
    open_broker(f"embedded://{tmp_path}/broker.db").ensure_topics(SERVICE.topics(1, 1))
    output = _run_ops(
        words.replace("<place> ...", "<place>").replace("<place>", f"{place.topic}/3/7"), databases["matcher"], tmp_path
    )
    assert f"{place.topic}/3" in output or "1 of 1 dropped" in output


def test_the_documented_statement_runs_a_failed_job_again(databases: Mapping[str, str]) -> None:
    from services.chassis.storage.job_queue import claim_jobs, give_up, given_up

    (statement,) = (text for text in FOR_EVERY_SERVICE if text.startswith("UPDATE jobs"))
    uow = UnitOfWork(open_engine(databases["profiles"]), StoreBase, source="/profiles")
    with uow.begin() as store:
        store.enqueue("tell_everybody", "a-request")
    with uow.begin() as store:
        (claim,) = claim_jobs(store.connection, ["tell_everybody"], store.now, store.now - store.now, most=1)
        assert give_up(store.connection, claim, "ValueError", store.now)
        assert given_up(store.connection) == 1
        store.connection.exec_driver_sql(statement)
        (again,) = claim_jobs(store.connection, ["tell_everybody"], store.now, store.now - store.now, most=1)
    assert again.attempt == 1


def test_the_documented_snippet_checks_the_audit(databases: Mapping[str, str], tmp_path: Path) -> None:
    (snippet,) = (text for text in SNIPPETS if "verify_audit" in text)
    uow = UnitOfWork(open_engine(databases["profiles"]), StoreBase, source="/profiles")
    with uow.begin() as store:
        store.audit("person.read", "p1", by="admin")
        store.audit("person.read", "p2", by="admin")
    assert _run_snippet(snippet, databases["profiles"], tmp_path) == "whole"
    with uow.begin() as store:
        store.connection.exec_driver_sql("UPDATE audit SET subject = 'p3' WHERE subject = 'p1'")
    assert "is not what was written" in _run_snippet(snippet, databases["profiles"], tmp_path)


def test_the_page_lists_exactly_the_existing_metrics() -> None:
    existing = {
        name
        for module in (background_metrics, metrics)
        for metric in vars(module).values()
        for name in (getattr(metric, "_name", None),)
        if isinstance(name, str)
    }
    documented = {name.removesuffix("_total") for name in re.findall(r"cairn_\w+", PAGE)}
    assert documented == existing


def test_the_page_lists_exactly_the_allowed_log_fields() -> None:
    section = PAGE.split("## Logs")[1].split("Lines to look for")[0]
    named = {word for line in re.findall(r"`([a-z_\s]+)`", section) for word in line.split()}
    assert named == FIELDS
