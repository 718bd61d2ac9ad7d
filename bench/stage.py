"""The whole system on real servers that can be killed and paused, sign-ups at a steady rate, and the remaining work."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kafka
import sqlalchemy as sa

from bench.no_limits import NO_LIMITS
from deploy.demo.client import Client, Refused, Unreachable
from deploy.local.kafka import KafkaNode
from deploy.local.layout import SERVICES, Parts
from deploy.local.mail_sink import MailSink
from deploy.local.postgres import PostgresServer
from deploy.local.redis import RedisServer
from deploy.local.server import free_port
from deploy.local.system import System

_LANGUAGES = ("en", "es", "fr", "ar", "de", "it", "pt", "nl")


@dataclass
class Left:
    """The remaining work: events in outboxes, records after the committed offsets, unsent mails."""

    outbox: int
    lag: int
    mails: int

    @property
    def empty(self) -> bool:
        """Return whether outboxes and lag are empty."""
        return self.outbox == self.lag == 0


class RealStage:
    """Kafka, PostgreSQL, Redis, a mail server and all processes of Cairn, in ``folder``."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.kafka = KafkaNode(folder / "kafka", jars=Path("var/jars"))
        self.postgres = PostgresServer(folder / "postgres")
        self.redis = RedisServer(folder / "redis")
        self.mail = MailSink()
        for server in (self.kafka, self.postgres, self.redis, self.mail):
            stack.callback(server.stop)
            server.start()
        self.databases = {service: self.postgres.create_database(f"cairn_{service}") for service in SERVICES}
        parts = Parts(self.databases, f"kafka://{self.kafka.address}", self.redis.address)
        extra = {service: dict(NO_LIMITS) for service in SERVICES}
        extra["notifications"]["MAIL_URL"] = self.mail.address
        self.system = System(folder, parts=parts, port=free_port(), extra=extra)
        self.system.migrate()
        stack.callback(self.system.stop)
        self.system.start()
        self._engines = {service: sa.create_engine(url, pool_size=1) for service, url in self.databases.items()}

    def left(self, lags: Mapping[tuple[str, str, int], int]) -> Left:
        """Return the remaining work, with outboxes and mails from the databases."""
        outbox = sum(self._count(service, "outbox WHERE published_at IS NULL") for service in SERVICES)
        mails = self._count("notifications", "deliveries WHERE settled_at IS NULL")
        return Left(outbox, sum(lags.values()), mails)

    def lags(self) -> Mapping[tuple[str, str, int], int]:
        """Return the number of records after the committed offset, by group, topic and partition."""
        admin = kafka.KafkaAdminClient(bootstrap_servers=self.kafka.address)
        try:
            groups = admin.list_group_offsets(list(SERVICES))
        finally:
            admin.close()
        reader = kafka.KafkaConsumer(bootstrap_servers=self.kafka.address, group_id=None)
        try:
            ends = reader.end_offsets(
                list({place for offsets in groups.values() for place in offsets}), timeout_ms=10_000
            )
        finally:
            reader.close()
        return {
            (group, place.topic, place.partition): ends[place] - offsets[place].offset
            for group, offsets in groups.items()
            for place in offsets
        }

    def known(self, service: str) -> set[str]:
        """Return the ids of all people a service knows."""
        with self._engines[service].connect() as connection:
            return set(connection.execute(sa.text("SELECT person_id FROM people")).scalars())

    def counted(self, metric: str) -> float:
        """Sum one metric over all consumers."""
        import urllib.request

        total = 0.0
        for service in SERVICES:
            url = _ready_url(self.system.children[f"{service}-consumer"]).replace("/readyz", "/metrics")
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
                lines = answer.read().decode().splitlines()
            total += sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric))
        return total

    def _count(self, service: str, what: str) -> int:
        with self._engines[service].connect() as connection:
            return int(connection.execute(sa.text(f"SELECT count(*) FROM {what}")).scalar_one())  # noqa: S608 - ours


def _ready_url(child: Any) -> str:
    return str(getattr(child, "ready_url", None) or child._ready_url)


@dataclass
class SignUps:
    """Sign-ups at ``rate`` a second, also during faults; ``acknowledged`` are the ids answered with 201."""

    stage: RealStage
    rate: float
    acknowledged: set[str] = field(default_factory=set)
    failed: int = 0
    seconds: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def going_on(self, threads: int = 12) -> Iterator[None]:
        """Sign people up while the block runs."""
        numbers = itertools.count()
        began = time.monotonic()
        workers = [threading.Thread(target=self._work, args=(numbers, began), daemon=True) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self._stop.set()
            for worker in workers:
                worker.join()

    def _work(self, numbers: Iterator[int], began: float) -> None:
        client = Client(self.stage.system.url)
        for number in numbers:
            if self._stop.wait(max(0.0, began + number / self.rate - time.monotonic())):
                return
            started = time.monotonic()
            try:
                self.acknowledged.add(self._sign_up(client, number))
                self.seconds.append(time.monotonic() - started)
            except (Refused, Unreachable):
                self.failed += 1

    def _sign_up(self, client: Client, number: int) -> str:
        language = [{"tag": _LANGUAGES[number % len(_LANGUAGES)], "level": "native"}]
        mentor = number % 10 == 0
        body: dict[str, Any] = {
            "preferred_name": "Robin",
            "contact": {"email": f"person-{secrets.token_hex(8)}@example.org"},
            "languages": language,
            "consents": ["matching", "messages"],
        }
        if mentor:
            body |= {"relations": ["self"], "diabetes_types": ["t1d"], "capacity": 3}
        else:
            body |= {"relation": "self", "diabetes_type": "t1d"}
        created = client.post(
            f"/profiles/v1/{'mentors' if mentor else 'mentees'}", body, key=secrets.token_hex(12)
        ).body
        if mentor:
            approval = {"decision": "approved", "reason": "known", "trained_until": "2099-12-31"}
            token = self.stage.system.access_token()
            with contextlib.suppress(Refused, Unreachable):
                client.post(f"/profiles/v1/mentors/{created['id']}/approval", approval, token=token)
        return str(created["id"])


@dataclass(frozen=True)
class Fault:
    """A fault for ``seconds``: ``what:how:seconds``, such as ``kafka:kill:30``."""

    what: str
    how: str
    seconds: float

    def happen(self, stage: RealStage) -> None:
        """Cause the fault and repair it; return when the server or process has been started again."""
        if self.what == "mail":
            stage.mail.answer = "421 away"
            time.sleep(self.seconds)
            stage.mail.answer = "250 Message accepted for delivery"
        elif self.how == "pause":
            _paused(self._pid(stage), self.seconds)
        elif self.what in stage.system.children:
            stage.system.children[self.what].kill()
            time.sleep(self.seconds)
            stage.system.revive(self.what)
        else:
            server: Any = getattr(stage, self.what)
            _signal_all(server.pid, signal.SIGKILL)
            server.kill()
            time.sleep(self.seconds)
            _start_again(server.start)

    def _pid(self, stage: RealStage) -> int:
        child = stage.system.children.get(self.what)
        return child.pid if child is not None else int(getattr(stage, self.what).pid)


def read_fault(text: str) -> Fault:
    """Parse ``what:how:seconds``."""
    what, how, seconds = text.split(":")
    return Fault(what, how, float(seconds))


def _paused(pid: int, seconds: float) -> None:
    _signal_all(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        _signal_all(pid, signal.SIGCONT)


def _signal_all(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and its descendants, which may be in other process groups."""
    for child in _children(pid):
        _signal_all(child, number)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


def _start_again(start: Callable[[], object], times: int = 20) -> None:
    """Start a server again, with retries while its port and files are still in use."""
    for attempt in range(times):
        try:
            start()
        except Exception:
            if attempt == times - 1:
                raise
            time.sleep(0.5)
        else:
            return
