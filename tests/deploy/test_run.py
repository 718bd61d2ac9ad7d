"""Starting on one machine: keys are created once, and an obstacle is reported in one sentence."""

import socket
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.keys import local_keys
from deploy.local.layout import SERVICES, embedded_parts, service_environment
from deploy.local.run import _open_parts, _parser, _welcome
from deploy.local.system import System
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local.run", "--folder", str(folder), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_taken_port_is_reported_in_one_sentence(tmp_path: Path) -> None:
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


def _system(folder: Path, *arguments: str) -> System:
    """Return the system that these arguments describe, without starting it."""
    options = _parser().parse_args(["--folder", str(folder), *arguments])
    with ExitStack() as stack:
        return System(folder, parts=_open_parts(options, stack), port=options.port)


def test_each_database_has_its_own_mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://localhost/cairn_{service}")
    embedded, real = _system(tmp_path), _system(tmp_path, "--database", "postgres")
    assert embedded.outbox == tmp_path / "outbox"
    assert real.outbox == tmp_path / "outbox-postgres"


def test_the_banner_shows_the_chosen_port(tmp_path: Path) -> None:
    chosen, default = (_welcome(_system(tmp_path, "--port", port), 1.0) for port in ("8123", "8080"))
    assert "http://localhost:8123/mailbox" in chosen
    assert "make demo PORT=8123 " in chosen
    assert "8080" not in chosen
    assert "make demo  " in default


def test_keys_are_created_once_and_readable_only_by_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys = local_keys(path)
    assert local_keys(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_of_an_older_release_are_kept_and_new_ones_added(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text('{"OLDER_KEY": "the key of an older release"}')
    keys = local_keys(path)
    assert keys["OLDER_KEY"] == "the key of an older release"
    assert local_keys(path) == keys
    assert {"EVENT_PUBLIC_KEYS", "MATCHER_EVENT_PRIVATE_KEY"} <= set(keys)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_service_gets_only_the_keys_it_needs(tmp_path: Path) -> None:
    keys = local_keys(tmp_path / "keys.json")
    parts = embedded_parts(tmp_path / "data")
    environments = {
        service: service_environment(
            service, parts=parts, keys=keys, public_url="http://localhost", outbox=tmp_path, extra={}
        )
        for service in SERVICES
    }
    assert "TOKEN_PRIVATE_KEY" in environments["profiles"]
    assert not {"TOKEN_PRIVATE_KEY", "CONTACT_KEYS", "INDEX_KEY"} & set(environments["matcher"])
    assert not {"TOKEN_PRIVATE_KEY", "INDEX_KEY"} & set(environments["notifications"])
    for name in ("DATABASE_URL", "EVENT_PRIVATE_KEY"):
        assert len({environment[name] for environment in environments.values()}) == 3


def test_an_ops_command_needs_a_run_and_its_environment_is_readable_only_by_the_owner(tmp_path: Path) -> None:
    from deploy.local.ops import save_environment

    def run_ops(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deploy.local.ops", "--folder", str(tmp_path), "matcher", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)

    done = run_ops("consumer", "status")
    assert (done.returncode, done.stderr) == (1, f"Nothing was started in {tmp_path} yet: `make run` first.\n")
    environment = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite:///{tmp_path}/m.db",
        "BROKER_URL": f"embedded://{tmp_path}/b.db",
    }
    save_environment(tmp_path, "matcher", environment)
    assert stat.S_IMODE((tmp_path / "environments" / "matcher.json").stat().st_mode) == 0o600
    migrated = [sys.executable, "-m", "services.matcher", "migrate"]
    assert subprocess.run(migrated, env=environment, timeout=PATIENCE, check=False).returncode == 0
    done = run_ops("consumer", "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No partition of matcher stands in alarm")
