"""A real Apache Kafka node (KRaft, broker and controller in one process) from its published jars.

Start-up time, memory and the reasons for each setting: docs/decisions/0001-kafka-from-its-jars.md.
"""

from __future__ import annotations

import base64
import itertools
import json
import signal
import subprocess
import uuid
from pathlib import Path
from string import Template

from deploy.local.certificates import make_certificates
from deploy.local.child import Child
from deploy.local.kafka_jars import RECIPES, fetch_jars, find_java
from deploy.local.layout import SERVICES
from deploy.local.server import HOST, LocalServer, LocalServerError, answers, free_ports, run_by_hand, wait_until

CLIENTS = (*SERVICES, "stranger")
_ATTEMPTS = 3  # a free port may be taken between choosing it and listening on it


class KafkaNode(LocalServer):
    """A node with its log in ``folder``; ``jars`` is the folder of the jars (may be shared), by default in ``folder``.

    A restarted node, also by another object, has the same topics and, if still free, the same port. With ``secure`` it
    also listens with TLS, on ``sasl_address`` for users with passwords and on ``tls_address`` for clients with
    certificates, which ``certificates`` holds; access rules apply there, and not on the plain ``address``.
    """

    def __init__(self, folder: Path, jars: Path | None = None, heap_mb: int = 384, *, secure: bool = False) -> None:
        self.folder = folder.resolve()
        self.address = self.sasl_address = self.tls_address = ""
        self.secure = secure
        self._jars = jars or self.folder / "cache"
        self._heap_mb = heap_mb
        self._node = Child([], self.folder / "node.log")

    @property
    def certificates(self) -> Path:
        """Return the folder of ``ca.pem`` and of the clients' certificates."""
        return self.folder / "certificates"

    @property
    def pid(self) -> int:
        """Return the process id of the node, or 0."""
        return self._node.pid

    def start(self) -> str:
        """Start the node; return the bootstrap address, ``127.0.0.1:port``."""
        java = [find_java(), *self._java_options(), "-cp", f"{fetch_jars(self._jars)}/*"]
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(_ATTEMPTS):
            ports, settings = self._write_settings()
            self._format(java, settings)
            self._node = Child([*java, "kafka.Kafka", str(settings)], self.folder / "node.log", signal.SIGTERM)
            self._node.start()
            if self._answers_on(ports[0]):
                self.address, self.sasl_address, self.tls_address = (f"{HOST}:{ports[at]}" for at in (0, 2, 3))
                return self.address
            if "Address already in use" not in self._node.log.read_text(errors="replace"):
                break
        raise LocalServerError(f"Kafka did not start: {self._node.tail()}")

    def stop(self) -> None:
        """Stop the node cleanly."""
        self._node.stop(seconds=20)

    def kill(self) -> None:
        """Kill the node, like a power cut."""
        self._node.kill()

    def _answers_on(self, port: int) -> bool:
        """Wait until the node listens (only when it is registered and ready) or has ended; return whether it runs."""
        wait_until(lambda: answers(port) or not self._node.running(), 90, "Kafka")
        return self._node.running()

    def _java_options(self) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={RECIPES / 'log4j2.properties'}"
        # For a small node: the serial garbage collector and only the first compiler. It starts in two thirds of the
        # processor time and uses less memory; a busy node would need the opposite of both.
        small = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return [f"-Xms{self._heap_mb // 2}m", f"-Xmx{self._heap_mb}m", *small, logging]

    def _write_settings(self) -> tuple[list[int], Path]:
        """Render server.properties with the previous ports, or with new ones when those are taken.

        The ports are those of the plain, controller, SASL_SSL and SSL listeners; a node that is not secure opens two.
        """
        ports_file = self.folder / "ports.json"
        ports: list[int] = json.loads(ports_file.read_text()) if ports_file.exists() else []
        if not ports or any(answers(port) for port in ports):
            ports = free_ports(4)
            ports_file.write_text(json.dumps(ports))
        settings = self.folder / "server.properties"
        recipe = (RECIPES / "server.properties").read_text()
        if self.secure:
            recipe += (RECIPES / "secure.properties").read_text()
            if not (self.certificates / "broker.pem").exists():
                make_certificates(self.certificates, CLIENTS)
        names = ("port", "controller_port", "sasl_port", "tls_port")
        values = {"log_dir": self.folder / "log", "certificates": self.certificates}
        settings.write_text(Template(recipe).substitute(values, **dict(zip(names, ports, strict=True))))
        return ports, settings

    def _format(self, java: list[str], settings: Path) -> None:
        if (self.folder / "log" / "meta.properties").exists():
            return
        command = [*java, "kafka.tools.StorageTool", "format", "--standalone", "-t", cluster_id(), "-c", str(settings)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            raise LocalServerError(f"Kafka could not format its storage: {(done.stderr or done.stdout).strip()[-300:]}")


def cluster_id() -> str:
    """Return a new id in Kafka's form without a leading dash (1 in 64 has one), which would be read as an option."""
    candidates = (base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=") for _ in itertools.count())
    return next(candidate for candidate in candidates if not candidate.startswith("-"))


if __name__ == "__main__":
    run_by_hand("A local Apache Kafka node", KafkaNode)
