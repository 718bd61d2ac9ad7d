"""Every process starts by its role's name and ends cleanly on a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping

import pytest

from services.chassis.core.errors import StartRefused
from services.chassis.service import cli
from services.chassis.service.cli import Role, run_service
from services.chassis.service.stop import Stop
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow


def work(stop: Stop) -> None:
    """Pack parcels until stopped.

    Not for the help page.
    """
    stop.set()


def run(roles: Mapping[str, Role], *arguments: str) -> int:
    logs: list[tuple[str, str]] = []
    code = run_service(
        "shop", "Sends parcels.", roles, arguments=arguments, configure_logs=lambda *names: logs.append(names)
    )
    assert logs == [("shop", arguments[0])]
    return code


def raising(error: Exception) -> Role:
    def role(stop: Stop) -> None:
        raise error

    return role


def test_a_role_that_returns_ends_with_zero_and_leaves_the_signals_as_they_were() -> None:
    previous = signal.getsignal(signal.SIGTERM)
    assert run({"worker": work}, "worker") == 0
    assert signal.getsignal(signal.SIGTERM) is previous


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_requests_a_stop_of_the_role(number: signal.Signals) -> None:
    def wait(stop: Stop) -> None:
        threading.Timer(0.01, os.kill, [os.getpid(), number]).start()
        assert stop.wait(PATIENCE)

    assert run({"worker": wait}, "worker") == 0


def test_wrong_settings_end_with_one_sentence_and_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run({"worker": raising(StartRefused("PORT must be a number"))}, "worker") == 2
    assert capsys.readouterr().err == "shop worker: PORT must be a number\n"


def test_an_unexpected_error_ends_with_code_one() -> None:
    assert run({"worker": raising(KeyError("x"))}, "worker") == 1


def test_the_help_names_each_role(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_service("shop", "Sends parcels.", {"worker": work}, arguments=["--help"])
    assert ended.value.code == 0
    output = capsys.readouterr().out
    assert "Sends parcels." in output
    assert "Pack parcels until stopped." in output
    with pytest.raises(SystemExit) as ended:
        run_service("shop", "Sends parcels.", {"worker": work}, arguments=["worker", "--help"])
    assert ended.value.code == 0
    assert "Not for the help page" not in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["painter"], ["worker", "--fast"]])
def test_unknown_arguments_end_with_code_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_service("shop", "Sends parcels.", {"worker": work}, arguments=arguments)
    assert ended.value.code == 2


HANGING = """
import sys, threading
from services.chassis.service import cli
cli.HARD_LIMIT = 0.2
def hang(stop):
    print("working", flush=True)
    threading.Event().wait()
sys.exit(cli.run_service("shop", "", {"worker": hang}, arguments=["worker"]))
"""


def test_a_role_that_ignores_the_stop_is_killed() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        process.terminate()
        try:
            _, output = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()  # in case it did not end
    assert process.returncode == 1
    assert "did not stop in time" in output
    assert '"event": "started"' in output


def test_a_process_is_killed_within_the_documented_ten_seconds() -> None:
    assert cli.HARD_LIMIT < 10
