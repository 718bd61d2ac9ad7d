"""Starting on one machine: keys are made once, and what stands in the way is one clear sentence."""

import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.keys import local_keys
from deploy.local.layout import SERVICES, embedded_parts, service_environment

pytestmark = pytest.mark.slow


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local.run", "--folder", str(folder), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = _run(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken by another program: stop it, or choose another with PORT=8081.\n"


def test_two_runs_never_share_the_same_data(tmp_path: Path) -> None:
    import fcntl

    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _run(tmp_path)
    assert done.returncode == 1
    assert "already runs" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_one_database_for_all_services_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://localhost/one")
    done = _run(tmp_path, "--port", "0", "--database", "postgres")
    assert done.returncode == 1
    assert "{service}" in done.stderr


def test_keys_are_made_once_and_belong_to_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = local_keys(path)
    assert local_keys(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_service_is_given_only_the_keys_it_needs(tmp_path: Path) -> None:
    keys = local_keys(tmp_path / "keys.json")
    parts = embedded_parts(tmp_path / "data")
    told = {
        service: service_environment(
            service, parts=parts, keys=keys, public_url="http://localhost", outbox=tmp_path, extra={}
        )
        for service in SERVICES
    }
    assert "TOKEN_PRIVATE_KEY" in told["profiles"]
    assert not {"TOKEN_PRIVATE_KEY", "CONTACT_KEYS", "INDEX_KEY"} & set(told["matcher"])
    assert not {"TOKEN_PRIVATE_KEY", "INDEX_KEY"} & set(told["notifications"])
    assert len({environment["DATABASE_URL"] for environment in told.values()}) == 3


def test_an_operators_command_needs_a_run_and_leaves_secrets_to_its_owner(tmp_path: Path) -> None:
    from deploy.local.ops import save_environment

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deploy.local.ops", "--folder", str(tmp_path), "matcher", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    done = typed("consumer", "status")
    assert (done.returncode, done.stderr) == (1, f"Nothing was started in {tmp_path} yet: `make run` first.\n")
    told = {"DATABASE_URL": f"sqlite:///{tmp_path}/m.db", "BROKER_URL": f"embedded://{tmp_path}/b.db"}
    save_environment(tmp_path, "matcher", told)
    assert stat.S_IMODE((tmp_path / "environments" / "matcher.json").stat().st_mode) == 0o600
    migrated = [sys.executable, "-m", "services.matcher", "migrate"]
    assert subprocess.run(migrated, env=told, timeout=60, check=False).returncode == 0
    done = typed("consumer", "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No partition of matcher stands in alarm")
