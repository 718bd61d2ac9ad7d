"""Each process separately, as production starts it: ``python -m services.<name> <role>``."""

import dataclasses
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from deploy.docs.settings import settings_class
from deploy.local.keys import local_keys
from deploy.local.layout import ROLES, SERVICES, embedded_parts, service_environment
from deploy.local.server import free_port
from services.chassis.service.service_settings import RelaySettings
from services.chassis.service.settings import is_needed
from tests.e2e.people import eventually
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.system


def _command(service: str, *words: str) -> list[str]:
    return [sys.executable, "-m", f"services.{service}", *words]


def _environment(service: str, role: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process without the secrets that its role does not need."""
    fields = dataclasses.fields(settings_class(service))
    kept = {field.name.upper() for field in fields if is_needed(field, role)}
    if role == "relay":
        kept |= {field.name.upper() for field in dataclasses.fields(RelaySettings)}
    return dict(os.environ) | {name: value for name, value in settings.items() if name in kept}


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("service", SERVICES)
def test_every_role_starts_with_its_own_secrets_alone_becomes_ready_and_exits_cleanly(
    service: str, tmp_path: Path
) -> None:
    settings = service_environment(
        service,
        parts=embedded_parts(tmp_path),
        keys=local_keys(tmp_path / "keys.json"),
        public_url="http://localhost",
        outbox=tmp_path,
        extra={"ENVIRONMENT": "production"},
    )
    for _ in range(2):
        environment = _environment(service, "migrate", settings)
        migrated = subprocess.run(_command(service, "migrate"), env=environment, timeout=PATIENCE, check=False)
        assert migrated.returncode == 0
    running = {}
    try:
        for role in ROLES:
            port = free_port()
            ports = {"PORT": str(free_port()), "OPS_PORT": str(port)}
            running[role] = (
                port,
                subprocess.Popen(_command(service, role), env=_environment(service, role, settings) | ports),
            )
        for role, (port, _) in running.items():
            assert eventually(partial(_is_ready, port), description=f"{role} is ready")
        for _, process in running.values():
            process.send_signal(signal.SIGTERM)
        assert {role: process.wait(PATIENCE) for role, (_, process) in running.items()} == dict.fromkeys(ROLES, 0)
    finally:
        for _, process in running.values():
            process.kill()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["", *ROLES, "migrate"])
def test_every_command_has_help(service: str, role: str) -> None:
    words = [role, "--help"] if role else ["--help"]
    done = subprocess.run(_command(service, *words), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0
    assert f"services.{service}" in done.stdout


def test_the_help_of_the_matcher_lists_its_commands() -> None:
    done = subprocess.run(_command("matcher", "--help"), capture_output=True, text=True, timeout=PATIENCE, check=False)
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")}
    assert listed >= {*ROLES, "migrate", "match", "verify-round"}


def test_a_missing_setting_refuses_the_start_and_is_named(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    done = subprocess.run(
        _command("matcher", "worker"), env=bare, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 2
    assert "DATABASE_URL" in done.stderr
    assert "BROKER_URL" in done.stderr
    assert "Traceback" not in done.stderr
