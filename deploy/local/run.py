"""``make run``: start everything behind one address, restart processes that end, stop everything on Ctrl-C."""

import argparse
import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local.layout import SERVICES, Parts, embedded_parts
from deploy.local.server import LocalServer, LocalServerError, is_taken
from deploy.local.supervisor import Supervisor
from deploy.local.system import System


class CannotRun(LocalServerError):
    """A precondition is missing on this machine; the message says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run until a signal; return 0 after a clean stop, 1 after printing why it cannot start."""
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with ExitStack() as stack:
            stack.enter_context(_alone(options.folder))
            _check_port(options.port)
            began = time.monotonic()
            parts = _open_parts(options, stack)
            _run(System(options.folder, parts=parts, port=options.port), stop, began)
    except LocalServerError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _check_port(port: int) -> None:
    if is_taken(port):
        raise CannotRun(f"Port {port} is taken by another program: stop it, or choose another with PORT=8081.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.run", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="the one address, http://localhost:PORT (8080)")
    parser.add_argument(
        "--folder", type=Path, default=Path("var/run"), help="where data, keys, mails and logs are kept"
    )
    parser.add_argument("--broker", choices=("embedded", "kafka"), default="embedded")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--cache", choices=("memory", "redis"), default="memory")
    return parser


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the data folder while the block runs; refuse a second run on the same data."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(f"Cairn already runs on the data in {folder}: stop that one first (Ctrl-C).") from None
        yield


def _open_parts(options: argparse.Namespace, stack: ExitStack) -> Parts:
    """Return the parts of the options: servers named in the environment, and others started here."""
    parts = embedded_parts(options.folder / "data")
    databases, broker, cache = dict(parts.databases), parts.broker, parts.cache
    if options.broker == "kafka":
        broker = "kafka://" + (os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or _start_kafka(options.folder, stack))
    if options.database == "postgres":
        databases = _databases(options.folder, stack)
    if options.cache == "redis":
        cache = os.environ.get("REDIS_URL") or _start_redis(options.folder, stack)
    mailbox = parts.mailbox if options.database == "sqlite" else f"{parts.mailbox}-{options.database}"
    return Parts(databases, broker, cache, mailbox)


def _start_kafka(folder: Path, stack: ExitStack) -> str:
    from deploy.local.kafka import KafkaNode

    return _started("Apache Kafka", KafkaNode(folder / "kafka", jars=Path("var/jars")), stack)


def _start_redis(folder: Path, stack: ExitStack) -> str:
    from deploy.local.redis import RedisServer

    return _started("Redis", RedisServer(folder / "redis"), stack)


def _databases(folder: Path, stack: ExitStack) -> dict[str, str]:
    """Return one database URL per service: from DATABASE_URL with ``{service}`` in it, or created here."""
    template = os.environ.get("DATABASE_URL")
    if template:
        if "{service}" not in template:
            raise CannotRun(
                "DATABASE_URL has to hold {service} where the database name differs, "
                "such as postgresql+psycopg://user@host/cairn_{service}: each service owns a database of its own."
            )
        return {service: template.replace("{service}", service) for service in SERVICES}
    from deploy.local.postgres import PostgresServer

    server = PostgresServer(folder / "postgres")
    _started("PostgreSQL", server, stack)
    return {service: server.create_database(f"cairn_{service}") for service in SERVICES}


def _started(name: str, server: LocalServer, stack: ExitStack) -> str:
    print(f"Starting {name} ...", flush=True)
    stack.callback(server.stop)
    return server.start()


def _run(system: System, stop: threading.Event, began: float) -> None:
    print("Preparing the databases ...", flush=True)
    system.migrate()
    print("Starting profiles, matcher and notifications ...", flush=True)
    try:
        system.start()
        print(_welcome(system, time.monotonic() - began), flush=True)
        _watch(system, stop)
    finally:
        print("\nStopping ...", flush=True)
        system.stop()
        print("Stopped. Your data is kept.", flush=True)


def _watch(system: System, stop: threading.Event) -> None:
    """Keep every process running until ``stop`` is set."""
    supervisor = Supervisor(system.children, lambda line: print(line, flush=True))
    while not stop.wait(0.5):
        supervisor.look()


def _demo(port: int) -> str:
    """Return the command that fills the system at this port; 8080 is its default."""
    return "make demo" if port == 8080 else f"make demo PORT={port}"


def _welcome(system: System, seconds: float) -> str:
    return f"""
Cairn is ready after {seconds:.1f} s.

  Open     {system.url}/                     what this is, and where everything is
           {system.url}/profiles/docs        the API of profiles (also /matcher/docs, /notifications/docs)
           {system.url}/mailbox              the mails Cairn would have sent
  Admin    the API key of this machine is in {system.api_key_file}; exchange it for an access token:
           curl -s {system.url}/profiles/v1/tokens -H 'Content-Type: application/json' \\
             -d '{{"api_key": "'$(cat {system.api_key_file})'"}}'

  Try      curl -s {system.url}/profiles/v1/mentees -H 'Content-Type: application/json' -d '{{
             "preferred_name": "Ana", "contact": {{"email": "ana@example.org"}},
             "languages": [{{"tag": "es", "level": "native"}}], "relation": "self", "diabetes_type": "t1d",
             "consents": ["matching", "messages"]}}'
  Fill it  {_demo(system.port):<20} (in a second terminal: mentors, mentees, answers, and a table)
  Stop     Ctrl-C
"""


if __name__ == "__main__":
    sys.exit(main())
