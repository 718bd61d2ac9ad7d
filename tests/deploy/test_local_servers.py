"""Servers on this machine start on free ports, name what is missing, and leave nothing running."""

from __future__ import annotations

import importlib.util
import re
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
import redis

from deploy.local import kafka_jars
from deploy.local.child import Child
from deploy.local.kafka import cluster_id
from deploy.local.mail_sink import MailSink
from deploy.local.postgres import PostgresServer, drop_database
from deploy.local.redis import RedisServer
from deploy.local.server import LocalServerError, answers, free_port
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def _is_running(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _ends_soon(pid: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _is_running(pid)


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from deploy.local.child import Child; "
        f"child = Child(['sleep', '300'], Path({str(tmp_path)!r}) / 'log'); child.start(); "
        "print(child.pid, flush=True); time.sleep(300)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_running(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _ends_soon(child)


def test_stopping_a_child_ends_its_own_children(tmp_path: Path) -> None:
    child = Child(["sh", "-c", "sleep 300 & echo $!; wait"], tmp_path / "log")
    child.start()
    deadline = time.monotonic() + PATIENCE
    while not child.tail() and time.monotonic() < deadline:
        time.sleep(0.02)
    grandchild = int(child.tail())
    child.stop()
    child.stop()
    assert not child.running()
    assert _ends_soon(grandchild)


def test_a_missing_program_raises_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LocalServerError, match="no-such-program cannot be started"):
        Child(["no-such-program"], tmp_path / "log").start()


def test_without_java_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(LocalServerError, match="Java 17 or later, and there is none"):
        kafka_jars.find_java()


@pytest.mark.parametrize(
    ("output", "version"), [('openjdk version "17.0.15"', 17), ('java version "1.8.0_4"', 8), ("", 0)]
)
def test_an_old_java_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, version: int) -> None:
    java = _script(tmp_path / "java", f"echo '{output}' >&2")
    assert kafka_jars.java_version(str(java)) == version
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    if version >= 17:
        assert kafka_jars.find_java() == str(java)
    else:
        with pytest.raises(LocalServerError, match="is older"):
            kafka_jars.find_java()


def test_without_maven_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(LocalServerError, match="no `mvn` on the PATH"):
        kafka_jars.fetch_jars(tmp_path)


def test_jars_are_fetched_once_and_an_incomplete_fetch_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    copy = 'for a; do case $a in -DoutputDirectory=*) d=${a#*=};; esac; done; mkdir -p "$d"'
    _script(tmp_path / "mvn", f"echo x >> {calls}; {copy}; [ -e {tmp_path}/registry ] && touch $d/kafka_2.13-4.jar")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(LocalServerError, match="Maven could not fetch"):
        kafka_jars.fetch_jars(tmp_path / "cache")
    (tmp_path / "registry").touch()
    for _ in range(2):
        assert [jar.name for jar in kafka_jars.fetch_jars(tmp_path / "cache").iterdir()] == ["kafka_2.13-4.jar"]
    assert calls.read_text().split() == ["x", "x"]


def test_a_kafka_cluster_id_never_begins_with_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([uuid.UUID(bytes=b"\xf8" + bytes(15)), uuid.UUID(bytes=b"\xfb" + bytes(15)), uuid.UUID(int=1)])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(draws))
    assert cluster_id() == "AAAAAAAAAAAAAAAAAAAAAQ"


def test_the_mail_sink_stores_only_accepted_mails(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Grüße", "cairn@example.org", "ana@example.org"
    message.set_content("¡Hola!")
    with MailSink(tmp_path) as sink, smtplib.SMTP("127.0.0.1", sink.port) as connection:
        sink.answer = "451 Later, please"
        with pytest.raises(smtplib.SMTPDataError):
            connection.send_message(message)
        sink.answer = "250 Thank you"
        connection.send_message(message)
        [mail] = sink.wait_for(1)
    assert (mail.recipients, mail.message["Subject"]) == (("ana@example.org",), "Grüße")
    assert [file.name for file in tmp_path.iterdir()] == ["0001.eml"]
    sink.clear()
    assert sink.mails == ()


def test_no_server_listens_on_a_free_port() -> None:
    assert not answers(free_port())


def test_a_free_port_is_reserved_and_a_server_can_listen_on_it_again_and_again() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    for address in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 - as the endpoints of the services listen
        with socket.create_server((address, port)):
            assert answers(port)
    assert not answers(port)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder outside pytest's, which pytest closes for other accounts (such as PostgreSQL's under root)."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.stack
def test_postgres_starts_keeps_its_databases_and_stops(open_folder: Path) -> None:
    server = PostgresServer(open_folder / "postgres", durable=False)
    with server:
        url = server.create_database("cairn-test")
        assert server.create_database("cairn-test") == url
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE kept (x int)")
    pid = server.pid
    assert not pid or not _is_running(pid)
    with server:
        url = f"{server.address.rpartition('/')[0]}/cairn-test"
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        drop_database(url)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url.replace("+psycopg", ""))


@pytest.mark.stack
def test_redis_starts_and_stops(tmp_path: Path) -> None:
    server = RedisServer(tmp_path / "redis")
    with server, redis.Redis.from_url(server.address) as connection:
        assert connection.ping()
        stranger = redis.Redis.from_url(re.sub(r"//:[^@]+@", "//", server.address))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        pid = server.pid
        assert _is_running(pid)
    assert not _is_running(pid)


def _script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path
