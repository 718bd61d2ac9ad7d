"""One process of ours: start it, know when it is ready, stop it kindly or not at all kindly."""

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Ask Linux to end this child when its parent is gone, even after a kill -9; other systems do without."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A named process with a log file and, if it answers HTTP, an address that tells whether it is ready."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], log: Path, ready_url: str | None
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = dict(environment)
        self._ready_url = ready_url
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches only the runner."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the runner starts children from its main thread only
            )

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        return self._process.pid if self._process and self.is_alive() else None

    def is_alive(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def exit_code(self) -> int | None:
        """How it ended; None while it runs or before it was started."""
        return self._process.poll() if self._process else None

    def is_ready(self) -> bool:
        """Whether it says so itself; a process without an address is ready once it lives."""
        if not self.is_alive():
            return False
        if self._ready_url is None:
            return True
        try:
            with urllib.request.urlopen(self._ready_url, timeout=2) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait(self, timeout: float) -> int | None:
        """Wait until it ends; its exit code, or None when it still runs."""
        if self._process is None:
            return None
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def terminate(self) -> None:
        """Ask it to end; it has about ten seconds."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once with all it started, as a power cut would."""
        self._signal(signal.SIGKILL, whole_group=True)
        if self._process:
            self._process.wait(10)

    def _signal(self, number: int, *, whole_group: bool = False) -> None:
        if self._process is None or (self._process.poll() is not None and not whole_group):
            return
        try:
            if whole_group:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)
        except ProcessLookupError:
            return

    def last_words(self, lines: int = 12) -> str:
        """The end of its log, for a person who asks why it stopped."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def stop_all(children: Sequence[Child], *, timeout: float = 12.0) -> None:
    """End every child: asked first, all at the same time; who has not left by then is ended."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + timeout
    for child in children:
        child.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        if child.is_alive():
            child.kill()
