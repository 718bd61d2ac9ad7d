"""Starts the servers of the stack, runs one command on them, and leaves nothing running, whatever ends it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.child import ending_with_us
from deploy.local.kafka import KafkaNode
from deploy.local.postgres import PostgresServer
from deploy.local.redis import RedisServer
from deploy.local.server import LocalServer, LocalServerError
from tests.support.stack import JARS, KAFKA, POSTGRES, REASON, REDIS

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LEAVE_WITHIN_S = 20.0


def run_on_stack(command: Sequence[str]) -> int:
    """Run `command` with the addresses of the stack in its environment; returns its exit code, 128 + n for signal n."""
    _adopt_orphans()
    told: list[int] = []  # the signals that came; a handler that raised could be swallowed wherever we happen to be
    for number in _SIGNALS:
        signal.signal(number, lambda came, _: told.append(came))
    try:
        with tempfile.TemporaryDirectory(prefix="cairn-stack-") as folder, _servers(Path(folder)) as addresses:
            missing = [name.removesuffix(REASON) for name in addresses if name.endswith(REASON)]
            if missing and os.environ.get("CI"):
                _say("With CI set, every server has to be there.")
                return 1
            code = 0 if told else _run(command, {**os.environ, **addresses}, told)
            return 128 + told[0] if told else code
    finally:
        _end_what_is_left()


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[Mapping[str, str]]:
    """Start what the environment does not name, at the same time, and stop it at the end; yields their addresses."""
    wanted: dict[str, Callable[[], LocalServer]] = {
        KAFKA: lambda: KafkaNode(folder / "kafka", jars=JARS),
        POSTGRES: lambda: PostgresServer(folder / "postgres", durable=False),
        REDIS: lambda: RedisServer(folder / "redis"),
    }
    servers = {name: build() for name, build in wanted.items() if not os.environ.get(name)}
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(max_workers=len(wanted)) as together:
            addresses = dict(together.map(_start, servers, servers.values()))
        _say(f"The stack is up after {time.monotonic() - began:.1f} s.")
        yield addresses
    finally:
        for server in servers.values():
            server.stop()


def _start(name: str, server: LocalServer) -> tuple[str, str]:
    """Return what to put into the environment: the address, or why there is none."""
    try:
        return name, server.start()
    except LocalServerError as error:
        _say(f"*** {name}: {error} Its tests will be skipped.")
        return name + REASON, str(error)


def _run(command: Sequence[str], environment: Mapping[str, str], told: Sequence[int]) -> int:
    """Run the command to its end; a signal that comes to us is passed on, and followed up if nothing happens."""
    process = subprocess.Popen(command, env=environment, preexec_fn=ending_with_us(signal.SIGTERM))  # noqa: PLW1509
    passed_on = 0.0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(0.1)
            return code if code >= 0 else 128 - code
        if told and not passed_on:
            passed_on = time.monotonic()
            if not (told[0] == signal.SIGINT and sys.stdin.isatty()):  # a terminal's Ctrl-C has reached it already
                process.send_signal(told[0])
        elif passed_on and time.monotonic() - passed_on > _LEAVE_WITHIN_S:
            process.kill()


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _adopt_orphans() -> None:
    """Become the parent of whatever the command leaves behind when it is killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _end_what_is_left() -> None:
    """Kill every process below us, generation by generation: killing one hands us its children."""
    while children := _children(os.getpid()):
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def _children(parent: int) -> list[int]:
    """Return the ids of the processes whose parent is `parent`, dead but unburied ones included."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = status.read_text(errors="replace").rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(status.parent.name))
    return found
