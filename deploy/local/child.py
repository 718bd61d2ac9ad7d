"""A child process that never outlives its parent: ``stop()`` ends it, or the kernel when the parent is killed."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.server import LocalServerError

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass
class Child:
    """A program run as a child process.

    Its output goes to ``log``, emptied at each start. ``last_word`` is the signal it gets when the parent dies.
    ``account`` is the (user id, group id) to run as. The child leads its own process group, so that Ctrl-C in a
    terminal reaches only the parent, and so that its own children end with it.
    """

    command: Sequence[str]
    log: Path
    last_word: signal.Signals = signal.SIGTERM
    account: tuple[int, int] | None = None
    environment: Mapping[str, str] | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def start(self) -> None:
        """Start the program. Raises ``LocalServerError`` when it cannot be started."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._process = _spawner().submit(self._spawn).result()
        except OSError as error:
            raise LocalServerError(f"{self.command[0]} cannot be started: {error.strerror or error}.") from error

    @property
    def pid(self) -> int:
        """Return the process id, or 0 when it does not run."""
        return self._process.pid if self._process else 0

    def running(self) -> bool:
        """Return whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self, asking: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> None:
        """Send the signal ``asking`` and wait up to ``seconds``; then kill its process group."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(asking)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        _kill_group(process.pid)
        process.wait()

    def kill(self) -> None:
        """Kill the process group with SIGKILL, like a power cut."""
        process, self._process = self._process, None
        if process is not None:
            _kill_group(process.pid)
            process.wait()

    def tail(self, lines: int = 5) -> str:
        """Return the last lines of its log on one line, for an error message."""
        try:
            return " | ".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _spawn(self) -> subprocess.Popen[bytes]:
        user, group = self.account or (None, None)
        with self.log.open("wb") as out:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self.environment,
                user=user,
                group=group,
                extra_groups=[] if self.account else None,
                start_new_session=True,
                preexec_fn=ending_with_us(self.last_word),  # noqa: PLW1509
            )


def ending_with_us(last_word: signal.Signals) -> Callable[[], None]:
    """Return a ``preexec_fn`` for Popen: the child gets ``last_word`` when its starting thread dies (Linux only)."""
    return functools.partial(_die_with, os.getpid(), int(last_word), _libc())


@functools.cache
def _spawner() -> ThreadPoolExecutor:
    """Return the one thread that starts children: "parent death" means the death of the thread that forked."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="local-servers")


@functools.cache
def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with(parent: int, signal_number: int, libc: ctypes.CDLL | None) -> None:
    """In the child, before the program: request the signal for the death of the parent (Linux only)."""
    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
