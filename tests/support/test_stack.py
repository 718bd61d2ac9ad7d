"""The stack for tests: its addresses reach the command, and no process outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import stack
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
NAMED = dict.fromkeys((stack.KAFKA, stack.POSTGRES, stack.REDIS), "somewhere:1")


def _run(script: str, tmp_path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.stack", "run", "--", "sh", "-c", script]
    environment = {**os.environ, **NAMED, "HERE": str(tmp_path)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def _has_ended(pid: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_servers_named_in_the_environment_are_used_and_the_exit_code_is_returned(tmp_path: Path) -> None:
    runner = _run("echo $CAIRN_TEST_KAFKA; exit 7", tmp_path)
    output, _ = runner.communicate(timeout=PATIENCE)
    assert (output.strip(), runner.returncode) == ("somewhere:1", 7)


def test_processes_that_the_command_leaves_behind_are_killed(tmp_path: Path) -> None:
    runner = _run("setsid sleep 300 >/dev/null & echo $!; kill -9 $$", tmp_path)
    output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 128 + signal.SIGKILL
    assert _has_ended(int(output))


def test_a_signal_to_the_runner_is_passed_on_to_the_command(tmp_path: Path) -> None:
    runner = _run("trap 'echo stopped; exit' TERM; echo ready; while :; do sleep 0.05; done", tmp_path)
    assert runner.stdout is not None
    assert runner.stdout.readline() == "ready\n"
    runner.terminate()
    assert runner.stdout.read() == "stopped\n"
    assert runner.wait(PATIENCE) == 128 + signal.SIGTERM
    runner.stdout.close()


def test_a_missing_server_skips_the_test_and_fails_it_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(stack.KAFKA, raising=False)
    monkeypatch.setenv(stack.KAFKA + stack.REASON, "no Java")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"NOT TESTED AGAINST THE REAL THING.*no Java"):
        stack.kafka_url()
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no Java"):
        stack.kafka_url()


@pytest.mark.stack
def test_every_caller_gets_separate_parts() -> None:
    first, second = stack.real_parts(), stack.real_parts()
    places = [*first.databases.values(), first.broker, first.cache, *second.databases.values(), second.broker]
    assert len({*places, second.cache}) == len(places) + 1
