"""Every process starts by its role's name and ends cleanly when asked."""

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

pytestmark = pytest.mark.slow


def work(stop: Stop) -> None:
    """Pack parcels until told to stop.

    Not for the help page.
    """
    stop.set()


def run(roles: Mapping[str, Role], *arguments: str) -> int:
    logs: list[tuple[str, str]] = []
    code = run_service(
        "shop", "Sends parcels.", roles, arguments=arguments, configure_logs=lambda *which: logs.append(which)
    )
    assert logs == [("shop", arguments[0])]
    return code


def ends_by(error: Exception) -> Role:
    def role(stop: Stop) -> None:
        raise error

    return role


def test_a_role_that_returns_ends_with_zero_and_leaves_the_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run({"worker": work}, "worker") == 0
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_the_role_to_stop(number: signal.Signals) -> None:
    def wait(stop: Stop) -> None:
        threading.Timer(0.01, os.kill, [os.getpid(), number]).start()
        assert stop.wait(10)

    assert run({"worker": wait}, "worker") == 0


def test_settings_that_do_not_fit_are_one_sentence_and_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run({"worker": ends_by(StartRefused("PORT must be a number"))}, "worker") == 2
    assert capsys.readouterr().err == "shop worker: PORT must be a number\n"


def test_an_unforeseen_error_is_code_one() -> None:
    assert run({"worker": ends_by(KeyError("x"))}, "worker") == 1


def test_the_help_names_each_role(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_service("shop", "Sends parcels.", {"worker": work}, arguments=["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "Sends parcels." in said
    assert "Pack parcels until told to stop." in said
    with pytest.raises(SystemExit) as ended:
        run_service("shop", "Sends parcels.", {"worker": work}, arguments=["worker", "--help"])
    assert ended.value.code == 0
    assert "Not for the help page" not in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["painter"], ["worker", "--fast"]])
def test_an_unknown_word_is_code_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_service("shop", "Sends parcels.", {"worker": work}, arguments=arguments)
    assert ended.value.code == 2


DEAF = """
import sys, threading
from services.chassis import cli
cli.HARD_LIMIT = 0.2
def deaf(stop):
    print("working", flush=True)
    threading.Event().wait()
sys.exit(cli.run_service("shop", "", {"worker": deaf}, arguments=["worker"]))
"""


def test_a_role_that_does_not_listen_is_ended_hard() -> None:
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        process.terminate()
        try:
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()  # in case it went on
    assert process.returncode == 1
    assert "did not stop in time" in said
    assert '"event": "started"' in said


def test_the_hard_end_comes_within_the_ten_seconds_promised() -> None:
    assert cli.HARD_LIMIT < 10
