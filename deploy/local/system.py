"""The whole system as processes on this machine: migrate, start, restart and stop it."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from deploy.demo.client import Client
from deploy.local.api_key import create_key, exchange_key
from deploy.local.front_door import open_front_door
from deploy.local.keys import local_keys
from deploy.local.layout import ROLES, SERVICES, Parts, service_environment
from deploy.local.ops import save_environment
from deploy.local.process import Process, serve_role, stop_all
from deploy.local.server import LocalServerError, free_ports

START_SECONDS = 90.0


class DidNotStart(LocalServerError):
    """A process ended or did not become ready in time; the message contains its name and the end of its log."""


class System:
    """Profiles, matcher and notifications with a process for each role, and the front door on ``port``.

    ``folder`` contains data, keys, mails and logs, which a later start uses again.
    """

    def __init__(
        self,
        folder: Path,
        *,
        parts: Parts,
        port: int,
        host: str = "127.0.0.1",
        extra: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://localhost:{port}"
        self.keys = local_keys(folder / "keys.json")
        self.outbox = folder / parts.mailbox
        self.api_key_file = folder / "api-key"
        self._host = host
        self._owners = parts.owners
        self._settings = {
            service: service_environment(
                service,
                parts=parts,
                keys=self.keys,
                public_url=self.url,
                outbox=self.outbox,
                extra=(extra or {}).get(service, {}),
            )
            for service in SERVICES
        }
        self._environments = {service: dict(os.environ) | settings for service, settings in self._settings.items()}
        self.children: dict[str, Process] = {}

    def environment(self, service: str) -> Mapping[str, str]:
        """Return the environment of a process of this service, for commands run beside it; it contains secrets."""
        return self._environments[service]

    def access_token(self) -> str:
        """Return a new access token that may do everything, for a running system."""
        with closing(Client(self.url)) as client:
            return exchange_key(client, self.api_key_file.read_text(encoding="utf-8").strip())

    def migrate(self) -> None:
        """Migrate the databases of all services at the same time, and create the API key; safe to repeat."""
        self.outbox.mkdir(parents=True, exist_ok=True)
        migrations = [
            self._process(service, "migrate", ready_url="", MIGRATION_DATABASE_URL=self._owners.get(service, ""))
            for service in SERVICES
        ]
        for migration in migrations:
            migration.start()
        for migration in migrations:
            if migration.wait(START_SECONDS) != 0:
                raise DidNotStart(f"{migration.name} did not end well; its last words:\n{migration.last_words()}")
        create_key(self.api_key_file, self._environments["profiles"])

    def start(self) -> None:
        """Start every process and wait until all are ready; on failure stop them all and raise DidNotStart."""
        for service in SERVICES:
            save_environment(self.folder, service, self._settings[service])
        names = [(service, role) for service in SERVICES for role in ROLES]
        api_ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
        for (service, role), port in zip(names, free_ports(len(names)), strict=True):
            settings = {"PORT": str(api_ports[service]), "OPS_PORT": str(port)}
            ready_url = f"http://127.0.0.1:{port}/readyz"
            self.children[f"{service}-{role}"] = self._process(service, role, ready_url=ready_url, **settings)
        self.children["front-door"] = self._front_door(api_ports)
        try:
            for child in self.children.values():
                child.start()
            for _ in self.until_ready():
                pass
        except BaseException:
            self.stop()
            raise

    def _process(self, service: str, role: str, *, ready_url: str, **settings: str) -> Process:
        name = f"{service}-{role}"
        return Process(
            name,
            serve_role,
            service,
            role,
            environment=self._environments[service] | settings,
            log=self.folder / "logs" / f"{name}.log",
            ready_url=ready_url,
        )

    def _front_door(self, api_ports: Mapping[str, int]) -> Process:
        targets = ",".join(f"{service}=http://127.0.0.1:{port}" for service, port in api_ports.items())
        return Process(
            "front-door",
            open_front_door,
            environment=dict(os.environ) | {"TARGETS": targets, "PORT": str(self.port), "HOST": self._host},
            log=self.folder / "logs" / "front-door.log",
            ready_url=f"http://127.0.0.1:{self.port}/front-door/livez",
        )

    def until_ready(self) -> Iterator[str]:
        """Yield the name of each process as it becomes ready; raise DidNotStart when one ends or time runs out."""
        waiting = dict(self.children)
        deadline = time.monotonic() + START_SECONDS
        while waiting:
            for name, child in list(waiting.items()):
                if child.is_ready():
                    del waiting[name]
                    yield name
                elif not child.is_alive():
                    raise DidNotStart(f"{name} ended while starting ({child.exit_code()}):\n{child.last_words()}")
            if waiting and time.monotonic() > deadline:
                raise DidNotStart(f"Not ready after {START_SECONDS:.0f} s: {', '.join(waiting)}")
            time.sleep(0.05)

    def restart(self, name: str, *, kill: bool = False) -> None:
        """Stop or kill one process and start it again; return when it is ready."""
        child = self.children[name]
        if kill:
            child.kill()
        else:
            stop_all([child])
        self.revive(name)

    def revive(self, name: str) -> None:
        """Start a process that has ended; return when it is ready."""
        child = self.children[name]
        child.start()
        deadline = time.monotonic() + START_SECONDS
        while not child.is_ready():
            if not child.is_alive():
                raise DidNotStart(f"{name} ended while starting ({child.exit_code()}):\n{child.last_words()}")
            if time.monotonic() > deadline:
                raise DidNotStart(f"{name} is not ready after {START_SECONDS:.0f} s")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop everything, the front door first, so that no request is cut off half-way."""
        front = [child for name, child in self.children.items() if name == "front-door"]
        stop_all(front)
        stop_all([child for child in self.children.values() if child not in front])
