"""One process of Cairn: a child that says by HTTP whether it is ready."""

import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.child import Child

_STOP_SECONDS = 12.0


class Process:
    """A named process; `ready_url` answers 200 once it can do its work. Its log grows over restarts."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], log: Path, ready_url: str
    ) -> None:
        self.name = name
        self.log = log
        self._ready_url = ready_url
        self._child = Child(command, log, environment=environment, keep_log=True)

    def start(self) -> None:
        """Start it; it is ready only when `is_ready` says so."""
        self._child.start()

    @property
    def pid(self) -> int:
        """The process id, or 0 when it does not run."""
        return self._child.pid if self.is_alive() else 0

    def is_alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child.running()

    def exit_code(self) -> int | None:
        """How it ended by itself."""
        return self._child.exit_code()

    def is_ready(self) -> bool:
        """Whether it says so itself."""
        if not self.is_alive():
            return False
        try:
            with urllib.request.urlopen(self._ready_url, timeout=2) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def ask_to_stop(self) -> None:
        """Ask it to end, without waiting."""
        self._child.ask()

    def stop(self) -> None:
        """Ask it to end, and see to it that it does."""
        self._child.stop(seconds=_STOP_SECONDS)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._child.kill()

    def last_words(self) -> str:
        """The end of its log, for a person who asks why it stopped."""
        return self._child.tail(12).replace(" | ", "\n")


def stop_all(processes: Sequence[Process]) -> None:
    """End all of them: everyone is asked first, so that they leave at the same time."""
    began = time.monotonic()
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        while process.is_alive() and time.monotonic() - began < _STOP_SECONDS:
            time.sleep(0.02)
        process.stop()
