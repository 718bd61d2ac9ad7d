"""Start the servers of the stack, run one command with them, and leave no process behind, whatever ends it."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from deploy.local.child import ending_with_us
from deploy.local.kafka import KafkaNode
from deploy.local.postgres import PostgresServer
from deploy.local.redis import RedisServer
from deploy.local.server import LocalServer, LocalServerError
from tests.support.stack import JARS, KAFKA, KAFKA_TLS, POSTGRES, REASON, REDIS, KafkaTls

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LEAVE_WITHIN_S = 20.0


def run_on_stack(command: Sequence[str]) -> int:
    """Run ``command`` with the stack's addresses in its environment; return its exit code, or 128 + n for signal n."""
    _adopt_orphans()
    received: list[int] = []  # signals so far; an exception raised in a handler could be swallowed by any code
    for number in _SIGNALS:
        signal.signal(number, lambda signum, _: received.append(signum))
    try:
        with tempfile.TemporaryDirectory(prefix="cairn-stack-") as folder, _servers(Path(folder)) as addresses:
            missing = [name.removesuffix(REASON) for name in addresses if name.endswith(REASON)]
            if missing and os.environ.get("CI"):
                _print_line("With CI set, every server has to be there.")
                return 1
            code = 0 if received else _run(command, {**os.environ, **addresses}, received)
            return 128 + received[0] if received else code
    finally:
        _kill_descendants()


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[Mapping[str, str]]:
    """Start in parallel the servers that the environment does not name, and yield their addresses."""
    builders: dict[str, Callable[[], LocalServer]] = {
        KAFKA: lambda: KafkaNode(folder / "kafka", jars=JARS, secure=True),
        POSTGRES: lambda: PostgresServer(folder / "postgres", durable=False),
        REDIS: lambda: RedisServer(folder / "redis"),
    }
    servers = {name: build() for name, build in builders.items() if not os.environ.get(name)}
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(max_workers=len(builders)) as pool:
            addresses = dict(pool.map(_start, servers, servers.values()))
        _print_line(f"The stack is up after {time.monotonic() - began:.1f} s.")
        kafka = servers.get(KAFKA)
        if isinstance(kafka, KafkaNode) and kafka.address:
            listeners = KafkaTls(kafka.sasl_address, kafka.tls_address, str(kafka.certificates))
            addresses[KAFKA_TLS] = json.dumps(asdict(listeners))
        yield addresses
    finally:
        for server in servers.values():
            server.stop()


def _start(name: str, server: LocalServer) -> tuple[str, str]:
    """Start a server; return the environment variable to set: its address, or the reason why there is none."""
    try:
        return name, server.start()
    except LocalServerError as error:
        _print_line(f"*** {name}: {error} Its tests will be skipped.")
        return name + REASON, str(error)


def _run(command: Sequence[str], environment: Mapping[str, str], received: Sequence[int]) -> int:
    """Run the command to its end; pass on a received signal, and kill the command if it does not end in time."""
    process = subprocess.Popen(command, env=environment, preexec_fn=ending_with_us(signal.SIGTERM))  # noqa: PLW1509
    passed_on_at = 0.0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(0.1)
            return code if code >= 0 else 128 - code
        if received and not passed_on_at:
            passed_on_at = time.monotonic()
            if not (received[0] == signal.SIGINT and sys.stdin.isatty()):  # the terminal has sent Ctrl-C to it already
                process.send_signal(received[0])
        elif passed_on_at and time.monotonic() - passed_on_at > _LEAVE_WITHIN_S:
            process.kill()


def _print_line(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _adopt_orphans() -> None:
    """Become the parent of processes that the command leaves behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _kill_descendants() -> None:
    """Kill all descendants, generation by generation: the children of a killed process become ours."""
    while children := _children(os.getpid()):
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def _children(parent: int) -> list[int]:
    """Return the ids of the processes whose parent is ``parent``, zombies included."""
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = status.read_text(errors="replace").rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                children.append(int(status.parent.name))
    return children
