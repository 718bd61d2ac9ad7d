"""A real nginx with deploy/nginx.conf: the ``nginx`` on PATH, or Debian's package, fetched with ``apt-get``."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.local.child import Child
from deploy.local.server import HOST, LocalServer, LocalServerError, answers, free_port, run_by_hand, wait_until

CONFIGURATION = Path(__file__).resolve().parents[1] / "nginx.conf"
PACKAGES = Path("var/nginx")
_DEBIAN = "nginx"


class NginxServer(LocalServer):
    """The front door of production on a free port, before ``targets``: service -> host:port.

    Only the addresses and the folder of its temporary files differ from deploy/nginx.conf. A fetched program stays in
    ``cache``.
    """

    def __init__(self, folder: Path, targets: Mapping[str, str], cache: Path = PACKAGES) -> None:
        self.folder = folder.resolve()
        self.address = ""
        self._targets = targets
        self._cache = cache
        self._server = Child([], self.folder / "server.log")

    def start(self) -> str:
        """Start the server; return its address, ``http://host:port``."""
        program = _find_program(self._cache)
        port = free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(self._local_configuration(port), encoding="utf-8")
        command = [program, "-p", str(self.folder), "-c", str(configuration), "-g", "daemon off;"]
        self._server = Child(command, self.folder / "server.log")
        self._server.start()
        wait_until(lambda: answers(port) or not self._server.running(), 60, "nginx")
        if not self._server.running():
            raise LocalServerError(f"nginx did not start: {self._server.tail()}")
        self.address = f"http://{HOST}:{port}"
        return self.address

    def stop(self) -> None:
        """Stop the server."""
        self._server.stop()

    def _local_configuration(self, port: int) -> str:
        text = CONFIGURATION.read_text(encoding="utf-8").replace("/tmp/", f"{self.folder}/")  # noqa: S108 - its text
        text = text.replace("listen 8080;", f"listen {HOST}:{port};").replace("worker_processes auto;", "")
        for service, target in self._targets.items():
            text = text.replace(f"server {service}-api:8000;", f"server {target};")
        return text


def _find_program(cache: Path) -> str:
    """Return an ``nginx``; fetch Debian's once. Several processes may call this at the same time: the others wait."""
    if on_path := shutil.which("nginx"):
        return on_path
    cache.mkdir(parents=True, exist_ok=True)
    program = (cache / "package" / "usr" / "sbin" / "nginx").resolve()
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _fetch(cache.resolve())
    return str(program)


def _fetch(cache: Path) -> None:
    """Unpack Debian's package into ``cache``/package, without installing it."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise LocalServerError("A local nginx needs `nginx` on the PATH, and there is no `apt-get` to fetch it with.")
    done = subprocess.run(
        ["apt-get", "download", _DEBIAN], cwd=cache, capture_output=True, text=True, check=False, timeout=120
    )
    archives = sorted(cache.glob(f"{_DEBIAN}_*.deb"))
    if done.returncode != 0 or not archives:
        raise LocalServerError(
            f"`apt-get download {_DEBIAN}` failed: install nginx, or run `apt-get update` once and try again."
        )
    arriving = cache / "arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-x", str(archives[-1]), str(arriving)], check=True, timeout=60)
    shutil.rmtree(cache / "package", ignore_errors=True)
    arriving.rename(cache / "package")


if __name__ == "__main__":
    run_by_hand(
        "A local nginx",
        lambda folder: NginxServer(folder, dict.fromkeys(("profiles", "matcher", "notifications"), f"{HOST}:8000")),
    )
