"""One entry point for roles and commands, also where not every library is installed."""

from collections.abc import Mapping, Sequence

import pytest

from services.chassis.service.cli import Command, run_service
from services.chassis.service.start import Startable, start
from services.chassis.service.stop import Stop


class Shop:
    """A service of one role."""

    def main(self, arguments: Sequence[str] | None = None, *, commands: Mapping[str, Command] | None = None) -> int:
        def sell(stop: Stop) -> None:
            """Sell parcels."""

        silent = lambda *_: None  # noqa: E731
        return run_service(
            "shop", "A shop.", {"sell": sell}, commands=commands, arguments=arguments, configure_logs=silent
        )


def count(words: Sequence[str]) -> int:
    """Count words.

    Not for the help page.
    """
    return 40 + len(words)


def missing(name: str) -> Startable:
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_a_command_runs_without_the_service_and_gets_the_remaining_arguments() -> None:
    assert start(lambda: missing("sqlalchemy"), {"count": count}, ["count", "a", "--b"]) == 42


def test_a_role_runs_beside_commands() -> None:
    assert start(Shop, {"count": count}, ["sell"]) == 0


def test_the_help_lists_commands_beside_roles(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        start(Shop, {"count": count}, ["--help"])
    output = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Sell parcels." in output
    assert "Count words." in output
    assert "Not for the help page" not in output


@pytest.mark.parametrize("words", [["sell"], ["--help"], [], ["buy"]])
def test_a_library_that_is_not_installed_ends_the_start_with_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(lambda: missing("sqlalchemy.orm"), {}, words) == 2
    output = capsys.readouterr().err
    assert output == "sqlalchemy is not installed; in Cairn's folder, pip install '.[services]' brings all of it.\n"


def test_a_missing_module_of_our_own_raises() -> None:
    with pytest.raises(ModuleNotFoundError):
        start(lambda: missing("services.shop.bootstrap"), {}, ["sell"])
