"""What docs/operations.md tells people to type works on the databases as they are, and names what there is."""

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
OF_ALL = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)
IN_A_SENTENCE = [" ".join(found.split()) for found in re.findall(r"`((?:SELECT|UPDATE|DELETE FROM)\s[^`]+)`", PAGE)]
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


@pytest.mark.parametrize("statement", OF_ALL)
def test_what_is_told_for_every_service_runs_on_every_database(statement: str, databases: Mapping[str, str]) -> None:
    assert all(_runs(url, statement) for url in databases.values())


@pytest.mark.parametrize("statement", IN_A_SENTENCE)
def test_what_is_told_in_a_sentence_runs_somewhere(statement: str, databases: Mapping[str, str]) -> None:
    assert any(_runs(url, statement) for url in databases.values())


def _typed(snippet: str, url: str, tmp_path: Path) -> str:
    told = {"DATABASE_URL": url, "BROKER_URL": f"embedded://{tmp_path}/broker.db"}
    done = subprocess.run(
        [sys.executable, "-"],
        input=snippet,
        env=told,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _ops(words: str, url: str, tmp_path: Path) -> str:
    """Type one of the page's commands as it stands there, with the environment of the matcher."""
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
def test_the_commands_of_an_operator_work_as_told(words: str, databases: Mapping[str, str], tmp_path: Path) -> None:
    from services.matcher.bootstrap import SERVICE

    place = TopicPartition("cairn.people.v1", 3)
    uow = UnitOfWork(open_engine(databases["matcher"]), StoreBase, source="/matcher")
    with uow.begin() as store:
        put_aside(store.connection, "matcher", DeadLetter(place.topic, place.partition, 7, "BadRecord"), store.now)
        count_dead(store.connection, "matcher", place)
        raise_alarm(store.connection, "matcher", place, 8, "BadRecord", store.now)
    open_broker(f"embedded://{tmp_path}/broker.db").ensure_topics(SERVICE.topics(1, 1))
    said = _ops(
        words.replace("<place> ...", "<place>").replace("<place>", f"{place.topic}/3/7"), databases["matcher"], tmp_path
    )
    assert f"{place.topic}/3" in said or "1 of 1 dropped" in said


def test_a_job_that_gave_up_runs_again_as_told(databases: Mapping[str, str]) -> None:
    from services.chassis.storage.job_queue import claim_job, give_up, given_up

    (mending,) = (text for text in OF_ALL if text.startswith("UPDATE jobs"))
    uow = UnitOfWork(open_engine(databases["profiles"]), StoreBase, source="/profiles")
    with uow.begin() as store:
        store.enqueue("tell_everybody", "a-request")
    with uow.begin() as store:
        claim = claim_job(store.connection, ["tell_everybody"], store.now, store.now - store.now)
        assert claim is not None
        assert give_up(store.connection, claim, "ValueError", store.now)
        assert given_up(store.connection) == 1
        store.connection.exec_driver_sql(mending)
        again = claim_job(store.connection, ["tell_everybody"], store.now, store.now - store.now)
    assert again is not None
    assert again.attempt == 1


def test_the_audit_is_checked_as_told(databases: Mapping[str, str], tmp_path: Path) -> None:
    (snippet,) = (text for text in SNIPPETS if "verify_audit" in text)
    uow = UnitOfWork(open_engine(databases["profiles"]), StoreBase, source="/profiles")
    with uow.begin() as store:
        store.audit("person.read", "p1", by="admin")
        store.audit("person.read", "p2", by="admin")
    assert _typed(snippet, databases["profiles"], tmp_path) == "whole"
    with uow.begin() as store:
        store.connection.exec_driver_sql("UPDATE audit SET subject = 'p3' WHERE subject = 'p1'")
    assert "is not what was written" in _typed(snippet, databases["profiles"], tmp_path)


def test_every_metric_is_on_the_page_and_every_metric_on_the_page_exists() -> None:
    counted = {
        name
        for module in (background_metrics, metrics)
        for metric in vars(module).values()
        for name in (getattr(metric, "_name", None),)
        if isinstance(name, str)
    }
    told = {name.removesuffix("_total") for name in re.findall(r"cairn_\w+", PAGE)}
    assert told == counted


def test_the_page_names_the_fields_that_logs_may_hold() -> None:
    told = PAGE.split("## Logs")[1].split("Lines to look for")[0]
    named = {word for line in re.findall(r"`([a-z_\s]+)`", told) for word in line.split()}
    assert named == FIELDS
