"""One process of Cairn on this machine, forked from a server that has already imported the code.

Sixteen processes that each import the same modules would keep two cores busy for many seconds; forked from one that has
imported them, they start at once and share that memory. It is the standard library's forkserver; in production each
process is started separately, ``python -m services.<name> <role>``.
"""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_STOP_SECONDS = 12.0
_CHASSIS_MODULES = (
    "background.scheduler",
    "background.worker",
    "delivery.relay",
    "delivery.subscriber",
    "service.ops_endpoint",
    "service.serve",
    "storage.migrations",
    "web.app",
)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "deploy.local.front_door",
        *(f"services.{service}.bootstrap" for service in ("profiles", "matcher", "notifications")),
        *(f"services.chassis.{module}" for module in _CHASSIS_MODULES),
    ]
)


class Process:
    """A named process that runs ``work(*arguments)``; ``ready_url`` answers 200 once it can do its work.

    ``work`` returns the exit code and has to be a function of a module. The log grows over restarts.
    """

    def __init__(
        self,
        name: str,
        work: Callable[..., int],
        *arguments: str,
        environment: Mapping[str, str],
        log: Path,
        ready_url: str,
    ) -> None:
        self.name = name
        self.log = log
        self.ready_url = ready_url
        self._arguments = (work, arguments, dict(environment), str(log))
        self._process: multiprocessing.process.BaseProcess | None = None

    def start(self) -> None:
        """Start the process; it can do its work once ``is_ready`` is true."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._process = _FORKING.Process(target=_run_child, args=self._arguments, name=self.name)
        self._process.start()

    @property
    def pid(self) -> int:
        """Return the process id, or 0 when it does not run."""
        return (self._process.pid or 0) if self._process is not None and self.is_alive() else 0

    def is_alive(self) -> bool:
        """Return whether it was started and has not ended."""
        return self._process is not None and self._process.is_alive()

    def exit_code(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self._process.exitcode if self._process is not None else None

    def is_ready(self) -> bool:
        """Return whether it answers 200 at ``ready_url``."""
        if not self.is_alive():
            return False
        try:
            with urllib.request.urlopen(self.ready_url, timeout=2) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)
        except urllib.error.HTTPError as answer:
            answer.close()
            return False
        except (urllib.error.URLError, OSError):
            return False

    def wait(self, seconds: float) -> int | None:
        """Wait until it ends by itself; return its exit code, or None when it still runs."""
        if self._process is not None:
            self._process.join(seconds)
        return self.exit_code()

    def ask_to_stop(self) -> None:
        """Send SIGTERM, without waiting."""
        if self.is_alive() and self._process is not None:
            self._process.terminate()

    def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """Send SIGTERM, wait up to ``seconds``, then kill it and its children."""
        self.ask_to_stop()
        if self._process is not None:
            self._process.join(seconds)
        self.kill()

    def kill(self) -> None:
        """Kill it and its children at once, like a power cut."""
        if self._process is None or self._process.pid is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.is_alive():
            self._process.kill()  # it had not created its process group yet
        self._process.join()

    def last_words(self, lines: int = 12) -> str:
        """Return the last lines of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def stop_all(processes: Sequence[Process]) -> None:
    """Stop all processes: signal all first, so that they end at the same time."""
    deadline = time.monotonic() + _STOP_SECONDS
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.stop(max(0.0, deadline - time.monotonic()))


def serve_role(service: str, role: str) -> int:
    """Run one role of one service in this process; return its exit code."""
    import importlib

    code: int = importlib.import_module(f"services.{service}.bootstrap").SERVICE.main([role])
    return code


def _run_child(work: Callable[..., int], arguments: tuple[str, ...], environment: Mapping[str, str], log: str) -> None:
    """Run ``work`` in the child: in a new session, with its own environment and log, ending with the parent."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.environ.clear()
    os.environ.update(environment)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.exit(work(*arguments))
