"""Start a role of a service, or one of its commands, by its name on the command line.

The service is imported only for a role: commands may need fewer libraries than the service.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from services.chassis.service.cli import Command

OUR_PACKAGE = "services"


class Startable(Protocol):
    """A service that can run its roles."""

    def main(self, arguments: Sequence[str] | None = None, *, commands: Mapping[str, Command] | None = None) -> int:
        """Run the role named on the command line; return the exit code."""


def start(
    open_service: Callable[[], Startable],
    commands: Mapping[str, Command] | None = None,
    arguments: Sequence[str] | None = None,
) -> int:
    """Run the command or the role named on the command line; return the exit code.

    When a library is not installed, print a sentence and return 2. ``arguments`` replaces ``sys.argv`` in tests.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    commands = commands or {}
    try:
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](arguments[1:])
        return open_service().main(arguments, commands=commands)
    except ModuleNotFoundError as missing:
        library = (missing.name or OUR_PACKAGE).split(".")[0]
        if library == OUR_PACKAGE:
            raise
        advice = "in Cairn's folder, pip install '.[services]' brings all of it"
        sys.stderr.write(f"{library} is not installed; {advice}.\n")
        return 2
