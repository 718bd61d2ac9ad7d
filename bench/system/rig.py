"""Run one role of one service at a time as a process, and measure what it uses."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bench.system.bare_app import serve_bare
from bench.system.mail_server import serve_mail
from bench.system.meters import cpu_seconds, memory
from bench.system.stacks import Stack
from deploy.local.keys import local_keys
from deploy.local.layout import SERVICES, Parts, service_environment
from deploy.local.process import Process, serve_role
from deploy.local.server import answers, free_port, wait_until
from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import migrate
from services.chassis.storage.sqlite import READ_ONLY

_PATIENCE = 600.0
NO_LIMIT = "1000000 per minute"
Row = dict[str, object]


@dataclass
class Rig:
    """New, migrated parts of a stack, on which single roles are started."""

    stack: Stack
    folder: Path
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        """Create the databases."""
        self.parts = self.stack.parts()
        self.mail_port = free_port()
        self.url = f"http://127.0.0.1:{free_port()}"
        for service in SERVICES:
            migrate(self.parts.databases[service], Path("services") / service / "adapters" / "migrations")
        self.engines = {service: open_engine(self.parts.databases[service]) for service in SERVICES}

    def environment(self, service: str) -> dict[str, str]:
        """Return the environment of a role; mail is sent by SMTP on the real stack."""
        extra = {"SIGN_UP_LIMIT": NO_LIMIT} if service == "profiles" else {}
        if service == "notifications" and self.stack.servers:
            extra["MAIL_URL"] = f"smtp://127.0.0.1:{self.mail_port}"
        keys = local_keys(self.folder / "keys.json")
        (self.folder / "outbox").mkdir(exist_ok=True)
        return dict(os.environ) | service_environment(
            service, parts=self.parts, keys=keys, public_url=self.url, outbox=self.folder / "outbox", extra=extra
        )

    @contextmanager
    def running(self, service: str, role: str) -> Iterator[Process]:
        """Run one role within the context; yield its process when it is ready."""
        port = free_port()
        port_setting = {"PORT" if role == "api" else "OPS_PORT": str(port)}
        process = Process(
            f"{service}-{role}",
            serve_role,
            service,
            role,
            environment=self.environment(service) | port_setting,
            log=self.folder / "logs" / f"{service}-{role}.log",
            ready_url=f"http://127.0.0.1:{port}/readyz",
        )
        with _started(process, process.is_ready):
            self.url = f"http://127.0.0.1:{port}" if role == "api" else self.url
            yield process

    @contextmanager
    def bare_app(self) -> Iterator[tuple[Process, str]]:
        """Run the bare app on a separate database; yield its process and address."""
        address = self.parts.databases.get("bare") or self.parts.databases["profiles"].replace(".db", "-bare.db")
        migrate(address, Path("services/profiles/adapters/migrations"))
        with self._extra_process("bare", serve_bare, free_port(), DATABASE_URL=address) as (process, port):
            yield process, f"http://127.0.0.1:{port}"

    @contextmanager
    def mail_server(self) -> Iterator[None]:
        """Run a mail server on the port that notifications uses."""
        with self._extra_process("mail", serve_mail, self.mail_port):
            yield

    @contextmanager
    def _extra_process(
        self, name: str, work: Callable[[], int], port: int, **settings: str
    ) -> Iterator[tuple[Process, int]]:
        environment = dict(os.environ) | settings | {"PORT": str(port)}
        log = self.folder / "logs" / f"{name}.log"
        process = Process(name, work, environment=environment, log=log, ready_url="")
        with _started(process, lambda: answers(port)):
            yield process, port

    def read_connection(self, service: str) -> sa.Connection:
        """Return a read-only connection, which does not block writers."""
        return self.engines[service].connect().execution_options(**{READ_ONLY: True})

    def count(self, service: str, query: str) -> int:
        """Return the number that a query gives in a service's database."""
        with self.read_connection(service) as connection:
            return int(connection.execute(sa.text(query)).scalar_one())


@contextmanager
def _started(process: Process, is_ready: Callable[[], bool]) -> Iterator[None]:
    process.start()
    try:
        wait_until(lambda: is_ready() or not process.is_alive(), 90, process.name)
        if not process.is_alive():
            raise RuntimeError(f"{process.name} ended: {process.last_words()}")
        yield
    finally:
        process.stop()


@dataclass
class Spent:
    """Wall and processor seconds of some work: of our process, and of each server."""

    wall: float
    cpu: float
    servers: Mapping[str, float]


class Meter:
    """Measures processes from its creation to ``read``."""

    def __init__(self, rig: Rig, *processes: Process) -> None:
        self._pids = [process.pid for process in processes]
        self._servers = rig.stack.servers
        self._began = self._now()

    def _now(self) -> tuple[float, float, dict[str, float]]:
        servers = {name: cpu_seconds([pid]) for name, pid in self._servers.items()}
        return time.perf_counter(), cpu_seconds(self._pids), servers

    def read(self) -> Spent:
        """Return the seconds since creation."""
        wall, cpu, servers = self._now()
        began, before, at_first = self._began
        return Spent(wall - began, cpu - before, {name: used - at_first[name] for name, used in servers.items()})


def drain(rig: Rig, service: str, role: str, done: Callable[[], int], total: int) -> Row:
    """Run one role until ``done()`` reaches ``total``; measured from its first work, so starting does not count."""
    with rig.running(service, role) as process:
        first = _wait_for(done, 1, process)
        meter = Meter(rig, process)
        last = _wait_for(done, total, process)
        spent, used_memory = meter.read(), memory([process.pid])
    number = last - first
    return {
        "what": f"{service} {role}",
        "number": number,
        "a_second": number / spent.wall,
        "cpu_ms": 1e3 * spent.cpu / number,
        "servers_ms": {name: 1e3 * used / number for name, used in spent.servers.items()},
        "wall": spent.wall,
        "rss": used_memory.rss,
    }


def _wait_for(done: Callable[[], int], total: int, process: Process) -> int:
    deadline = time.monotonic() + _PATIENCE
    while (count := done()) < total:
        if not process.is_alive() or time.monotonic() > deadline:
            raise RuntimeError(f"{process.name} stands at {count} of {total}: {process.last_words()}")
        time.sleep(0.05)
    return count
